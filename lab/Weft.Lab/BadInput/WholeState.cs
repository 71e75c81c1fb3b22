using Weft.Model.Api;

namespace Weft.Lab.BadInput;

/// <summary>Everything that a refused command must leave as it was: the store's bytes, and what runs.</summary>
internal static class WholeState
{
    public static async Task<string> ReadAsync(WeftHome home)
    {
        StatusDocument status = await home.StatusAsync();
        IEnumerable<string> stored = Directory.EnumerateFiles($"{home.Home}/state", "*", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) != "leases").Order(StringComparer.Ordinal).Select(f => $"{f}\n{File.ReadAllText(f)}");
        IEnumerable<string> running = status.Networks.SelectMany(n => n.Ports.Select(p => $"{n.Name} {p.Name} {p.Plugged}").Concat(n.Forwards.Select(f => $"{n.Name} {f.Forward}"))
            .Prepend($"{n.Name} {n.Mode} {n.Subnet}"));
        return string.Join('\n', [.. stored, .. running, .. Directory.GetFiles($"{home.Home}/run/ports"), $"worker {status.Worker.Pid}"]);
    }
}
