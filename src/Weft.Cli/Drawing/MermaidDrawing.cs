using System.Text;

namespace Weft.Cli.Drawing;

/// <summary>A flowchart for Mermaid (mermaid.js.org), which GitHub and many wikis draw.</summary>
public static class MermaidDrawing
{
    public static string Render(Graph graph)
    {
        StringBuilder text = new("flowchart TB\n");
        if (Array.Exists(graph.Networks, n => n.Gateway is not null))
        {
            text.Append("  outside((outside))\n");
        }
        foreach (GraphNetwork network in graph.Networks)
        {
            text.Append($"  n{network.Number}[[\"{Escape(network.Name)}<br/>{Escape(network.Mode)}{(network.Subnet is null ? "" : $" {network.Subnet}")}\"]]\n");
            if (network.Gateway is { } gateway)
            {
                text.Append($"  outside ---|\"{string.Join("<br/>", [$"gateway {gateway}", .. network.Forwards.Select(Escape)])}\"| n{network.Number}\n");
            }
        }
        for (int i = 0; i < graph.Guests.Length; i++)
        {
            text.Append($"  g{i}[\"{Escape(graph.Guests[i].Name)}\"]\n");
            foreach (GraphNic nic in graph.Guests[i].Nics.Where(n => n.Network >= 0))
            {
                text.Append($"  n{nic.Network} {(nic.State == CableState.Up ? "---" : "-.-")}|\"{Escape(nic.Label)}\"| g{i}\n");
            }
        }
        return text.ToString();
    }

    private static string Escape(string text) => text.Replace("\"", "#quot;");
}
