using System.Text;

namespace Weft.Cli.Drawing;

/// <summary>A graph for Graphviz: <c>weft graph --format dot | dot -Tsvg</c>.</summary>
public static class DotDrawing
{
    public static string Render(Graph graph)
    {
        StringBuilder text = new("graph weft {\n  node [shape=box, fontname=\"sans-serif\"]; edge [fontname=\"sans-serif\", fontsize=10];\n");
        if (Array.Exists(graph.Networks, n => n.Gateway is not null))
        {
            text.Append("  outside [shape=ellipse];\n");
        }
        foreach (GraphNetwork network in graph.Networks)
        {
            text.Append($"  n{network.Number} [label={Quote($"{network.Name}\n{network.Mode}{(network.Subnet is null ? "" : $" {network.Subnet}")}")}, style=filled, fillcolor=lightblue];\n");
            if (network.Gateway is { } gateway)
            {
                text.Append($"  outside -- n{network.Number} [label={Quote(string.Join('\n', [$"gateway {gateway}", .. network.Forwards]))}];\n");
            }
        }
        for (int i = 0; i < graph.Guests.Length; i++)
        {
            text.Append($"  g{i} [label={Quote(graph.Guests[i].Name)}];\n");
            foreach (GraphNic nic in graph.Guests[i].Nics.Where(n => n.Network >= 0))
            {
                text.Append($"  n{nic.Network} -- g{i} [label={Quote(nic.Label)}{(nic.State == CableState.Up ? "" : ", style=dashed")}];\n");
            }
        }
        return text.Append("}\n").ToString();
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"";
}
