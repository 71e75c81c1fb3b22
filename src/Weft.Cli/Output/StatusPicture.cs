using System.Text;
using Weft.Model.Api;

namespace Weft.Cli.Output;

/// <summary>
/// The picture of <c>weft status</c>: a line for the whole, then each network with its gateway and its NICs as a tree, then
/// the problems. A pure function of the document: what moves is in it.
/// </summary>
public static class StatusPicture
{
    private const string Gap = "   ";
    private const int CellCount = 6;

    /// <param name="wide">With what the data path counts: a row more for each NIC, and the lanes.</param>
    public static string Render(StatusDocument status, int width, bool color, bool wide = false)
    {
        Ink ink = new(color);
        StringBuilder picture = new();
        picture.Append(Headline(status, ink)).Append('\n');
        foreach (NetworkDocument network in status.Networks)
        {
            picture.Append('\n');
            AppendNetwork(picture, network, width, ink, wide);
        }
        if (status.NotAttached.Length > 0)
        {
            picture.Append('\n').Append(ink.Strong("not attached")).Append('\n');
            AppendTree(picture, [.. PortLines(status.NotAttached, ink, wide)], ink);
        }
        if (wide && status.Worker.Lanes.Length > 0)
        {
            picture.Append('\n').Append(ink.Strong("lanes")).Append('\n');
            AppendTree(picture, [.. status.Worker.Lanes.Select(LaneLines.Of)], ink);
        }
        AppendProblems(picture.Append('\n'), status.Problems, ink);
        return picture.ToString();
    }

    private static string Headline(StatusDocument status, Ink ink)
    {
        WorkerDocument worker = status.Worker;
        string state = worker.State == "ok" ? ink.Good("ok") : worker.State == "none" ? "none" : ink.Bad(worker.State);
        string restarts = worker.Restarts == 0 ? "" : $" ({Plural(worker.Restarts, "restart")})";
        return $"{ink.Strong($"weft {status.Version}")}  up {Units.Duration(status.UptimeSeconds)}{Gap}worker {state}{restarts}{Gap}" +
            $"{Plural(status.Networks.Length, "network")}  {Plural(status.Vms, "guest")}  {Plural(status.Flows.Total, "flow")}";
    }

    private static void AppendNetwork(StringBuilder picture, NetworkDocument network, int width, Ink ink, bool wide)
    {
        string kind = network.Subnet is null ? network.Mode : $"{network.Mode} {network.Subnet}";
        string title = $"{network.Name} ({kind})";
        List<string> lines = [.. GatewayLines(network, width), .. PortLines(network.Ports, ink, wide)];
        if (network.Ports.Length == 0)
        {
            picture.Append(ink.Strong(network.Name)).Append($" ({kind}){Gap}no members\n");
        }
        else
        {
            string rates = $"↑ {Units.BitsPerSecond(network.BitsUp)}  ↓ {Units.BitsPerSecond(network.BitsDown)}";
            int room = Math.Max(2, width - title.Length - rates.Length);
            picture.Append(ink.Strong(network.Name)).Append($" ({kind})").Append(' ', room).Append(rates).Append('\n');
        }
        AppendTree(picture, lines, ink);
    }

    private static void AppendTree(StringBuilder picture, IReadOnlyList<string> lines, Ink ink)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            string[] rows = lines[i].Split('\n');
            bool last = i == lines.Count - 1;
            picture.Append(' ').Append(ink.Faint(last ? "└─" : "├─")).Append(' ').Append(rows[0]).Append('\n');
            foreach (string row in rows.Skip(1))
            {
                picture.Append(' ').Append(ink.Faint(last ? "  " : "│ ")).Append("   ").Append(row).Append('\n');
            }
        }
    }

    /// <summary>What the router does, on as many rows as the width asks for.</summary>
    private static IEnumerable<string> GatewayLines(NetworkDocument network, int width)
    {
        List<string> parts = [];
        if (network.Gateway is { } gateway)
        {
            parts.Add($"gateway {gateway}");
        }
        if (network.Dhcp is { } dhcp)
        {
            parts.Add($"dhcp {dhcp.Leases}/{dhcp.Addresses} leases");
        }
        if (network.DnsUpstreams is { } upstreams)
        {
            parts.Add($"dns → {(upstreams.Length == 0 ? "nobody" : string.Join(", ", upstreams))}");
        }
        parts.AddRange(network.Forwards.Select(Forward));
        if (parts.Count > 0)
        {
            yield return Wrap(parts, width - " ├─    ".Length);
        }
    }

    private static string Wrap(List<string> parts, int room)
    {
        StringBuilder rows = new();
        int used = 0;
        foreach (string part in parts)
        {
            if (used > 0 && used + Gap.Length + part.Length > room)
            {
                rows.Append('\n');
                used = 0;
            }
            rows.Append(used > 0 ? Gap : "").Append(part);
            used += (used > 0 ? Gap.Length : 0) + part.Length;
        }
        return rows.ToString();
    }

    private static string Forward(ForwardDocument forward)
    {
        string listen = forward.Listen == "127.0.0.1" ? "" : $"{forward.Listen}:";
        return $"forward {listen}{forward.HostPort}→{forward.Guest}:{forward.GuestPort}{(forward.Protocol == "tcp" ? "" : $"/{forward.Protocol}")}";
    }

    private static IEnumerable<string> PortLines(PortDocument[] ports, Ink ink, bool wide)
    {
        string[][] cells = [.. ports.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, CellCount).Select(i => cells.Length == 0 ? 0 : cells.Max(c => c[i].Length))];
        return ports.Select((port, i) => Line(port, cells[i], widths, ink) + (wide ? $"\n{LaneLines.Of(port)}" : ""));
    }

    private static string[] Cells(PortDocument port) =>
        [port.Name, port.Address ?? "-", port.Mac, port.Attachment, Cable(port), Units.PacketsPerSecond(port.PacketsPerSecond)];

    private static string Line(PortDocument port, string[] cells, int[] widths, Ink ink)
    {
        string cable = cells[4].PadRight(widths[4]);
        cable = port.Up ? ink.Good(cable) : ink.Bad(cable);
        string left = string.Join("  ", Enumerable.Range(0, 4).Select(i => cells[i].PadRight(widths[i])));
        return $"{left}  {cable}  {cells[5].PadLeft(widths[5])}  {Drops(port, ink)}";
    }

    private static string Cable(PortDocument port) => !port.Plugged ? "unplugged" : port.Up ? "up" : "down";

    private static string Drops(PortDocument port, Ink ink) => port.Drops == 0
        ? "drops 0"
        : ink.Warning($"drops {Units.Count(port.Drops)} ({string.Join(", ", port.DropsByReason.Select(d => $"{d.Key} {Units.Count(d.Value)}"))})");

    private static void AppendProblems(StringBuilder picture, ProblemDocument[] problems, Ink ink)
    {
        if (problems.Length == 0)
        {
            picture.Append("problems: none\n");
            return;
        }
        picture.Append("problems:\n");
        foreach (ProblemDocument problem in problems)
        {
            string text = problem.Try is null ? problem.Text : $"{problem.Text} (try: {problem.Try})";
            picture.Append(" - ").Append(problem.Degrades ? ink.Bad(text) : ink.Warning(text)).Append('\n');
        }
    }

    private static string Plural(int count, string word) => count == 1 ? $"1 {word}" : $"{Units.Count(count)} {word}s";
}
