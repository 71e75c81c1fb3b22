using System.Globalization;
using System.Text;
using Weft.Cli.Output;
using Weft.Model.Api;

namespace Weft.Cli.Watching;

/// <summary>What moved between two looks at the status, as a document and as a table. Pure functions of what they are given.</summary>
public static class TopTable
{
    private static readonly string[] Heads = ["NIC", "network", "in pkt/s", "in bit/s", "out pkt/s", "out bit/s", "room", "drops/s"];
    private const int TextColumns = 2;

    public static TopDocument Between(StatusDocument first, StatusDocument second, double seconds)
    {
        Dictionary<string, PortDocument> before = Ports(first).ToDictionary(p => p.Port.Name, p => p.Port);
        IEnumerable<TopPort> ports = Ports(second).Select(p => Of(before.GetValueOrDefault(p.Port.Name), p.Port, p.Network, seconds));
        TopLane[] lanes = [.. second.Worker.Lanes.Zip(first.Worker.Lanes, (now, then) => Of(then, now, seconds))];
        return new TopDocument(seconds, [.. ports.OrderByDescending(p => p.BitsIn + p.BitsOut).ThenByDescending(p => p.FramesIn + p.FramesOut)
            .ThenBy(p => p.Name, StringComparer.Ordinal)], lanes);
    }

    public static string Render(TopDocument top, bool color)
    {
        Ink ink = new(color);
        string[][] rows = [Heads, .. top.Items.Select(Cells)];
        int[] widths = [.. Heads.Select((_, column) => rows.Max(row => row[column].Length))];
        StringBuilder text = new();
        for (int i = 0; i < rows.Length; i++)
        {
            string line = string.Join("  ", rows[i].Select((cell, column) =>
                column < TextColumns || column == Heads.Length - 1 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd();
            text.Append(i == 0 ? ink.Strong(line) : top.Items[i - 1].Drops.Count > 0 ? ink.Warning(line) : line).Append('\n');
        }
        foreach (TopLane lane in top.Lanes)
        {
            text.Append(ink.Faint(string.Create(CultureInfo.InvariantCulture,
                $"lane {lane.Number}: {100 * lane.Busy:0} % busy, {Units.PacketsPerSecond(lane.Frames)}, {lane.Burst:0.0} frames a burst"))).Append('\n');
        }
        return text.ToString();
    }

    private static string[] Cells(TopPort port) =>
    [
        port.Name, port.Network ?? "-", Rate(port.FramesIn), Rate(port.BitsIn), Rate(port.FramesOut), Rate(port.BitsOut),
        port.RoomMost == 0 ? "-" : $"{port.RoomFree}/{port.RoomMost}",
        port.Drops.Count == 0 ? "0" : string.Join(" ", port.Drops.Select(d => $"{d.Key} {Rate(d.Value)}")),
    ];

    private static string Rate(double value) => Units.Count((long)Math.Round(value));

    private static IEnumerable<(PortDocument Port, string? Network)> Ports(StatusDocument status) =>
        status.Networks.SelectMany(n => n.Ports.Select(p => (p, (string?)n.Name))).Concat(status.NotAttached.Select(p => (p, (string?)null)));

    /// <summary>A NIC that was not there before did nothing.</summary>
    private static TopPort Of(PortDocument? then, PortDocument now, string? network, double seconds)
    {
        double Per(long after, long? earlier) => earlier is { } known && after > known ? (after - known) / seconds : 0;
        SortedDictionary<string, double> drops = new(StringComparer.Ordinal);
        foreach ((string reason, long count) in now.DropsByReason)
        {
            long earlier = then?.DropsByReason.GetValueOrDefault(reason) ?? count;
            if (count > earlier)
            {
                drops[reason] = (count - earlier) / seconds;
            }
        }
        return new TopPort(now.Name, network, now.Up)
        {
            FramesIn = Per(now.FramesIn, then?.FramesIn),
            BitsIn = 8 * Per(now.BytesIn, then?.BytesIn),
            FramesOut = Per(now.FramesOut, then?.FramesOut),
            BitsOut = 8 * Per(now.BytesOut, then?.BytesOut),
            Drops = drops,
            RoomFree = now.BuffersFree,
            RoomMost = now.BuffersMost,
        };
    }

    private static TopLane Of(LaneDocument then, LaneDocument now, double seconds)
    {
        long frames = Math.Max(0, now.Frames - then.Frames);
        long bursts = now.Bursts - then.Bursts;
        double busy = Math.Clamp((now.BusyNanoseconds - then.BusyNanoseconds) / 1e9 / seconds, 0, 1);
        return new TopLane(now.Number, frames / seconds, bursts <= 0 ? 0 : (double)frames / bursts, busy);
    }
}
