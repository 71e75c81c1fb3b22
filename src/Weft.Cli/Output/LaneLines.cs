using System.Globalization;
using Weft.Model.Api;

namespace Weft.Cli.Output;

/// <summary>What <c>weft status -o wide</c> adds: the counts of the data path, of one NIC and of one lane.</summary>
internal static class LaneLines
{
    private static readonly string[] BurstSizes = ["1", "2-3", "4-7", "8-15", "16-31", "32-63", "64"];

    public static string Of(PortDocument port)
    {
        string frames = $"in {Units.Count(port.FramesIn)} frames, {Units.Count(port.BytesIn)} bytes   out {Units.Count(port.FramesOut)} frames, {Units.Count(port.BytesOut)} bytes";
        string buffers = port.BuffersMost == 0 ? "" : $"   buffers {port.BuffersFree}/{port.BuffersMost}";
        string notified = port.Notifications == 0 ? "" : $"   notified {Units.Count(port.Notifications)}";
        string model = port.Model is { } card ? $"   model {card}" : "";
        return frames + buffers + notified + model;
    }

    /// <summary>Cost of a frame, sizes of bursts, how the lane waits.</summary>
    public static string Of(LaneDocument lane)
    {
        string cycles = lane.CyclesPerFrame is { } count ? string.Create(CultureInfo.InvariantCulture, $", {count:0} cycles") : "";
        string cost = string.Create(CultureInfo.InvariantCulture, $"lane {lane.Number}   {lane.NanosecondsPerFrame:0} ns a frame{cycles}");
        double burst = lane.Bursts == 0 ? 0 : (double)lane.Frames / lane.Bursts;
        string bursts = string.Create(CultureInfo.InvariantCulture, $"   {burst:0.0} frames a burst");
        string waits = $"   slept {Units.Count(lane.Sleeps)}   looked {Units.Count(lane.Looks)}, {Percent(lane.LooksThatPaid, lane.Looks)} paid";
        return $"{cost}{bursts}{waits}\nbursts of {string.Join("   ", BurstSizes.Zip(lane.BurstSizes, (size, n) => $"{size}: {Percent(n, lane.Bursts)}"))}";
    }

    private static string Percent(long part, long whole) =>
        whole == 0 ? "0 %" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0} %");
}
