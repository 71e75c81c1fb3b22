using System.Text;
using Weft.Model.Differences;

namespace Weft.Model.Files;

/// <summary>A topology as its owner would write it: YAML in the short forms, without what goes without saying.</summary>
public static class TopologyText
{
    /// <summary>Stands for a number that no card has.</summary>
    internal const string NoNic = "null";

    public static string Write(Topology topology)
    {
        HashSet<string> macs = WrittenMacs(topology);
        StringBuilder text = new();
        Append(text, "networks", topology.Networks.Where(n => !ExistsByUse(topology, n)).Select(n => $"{YamlWord.Of(n.Name)}: {Network(n)}"));
        Append(text, "vms", topology.Vms.Select(vm => Vm(vm, macs)));
        Append(text, "forwards", topology.Forwards.Select(f => $"- {Forward(f)}"));
        return text.Length == 0 ? "{}\n" : text.ToString();
    }

    /// <summary>The mode alone, or a mapping on one line.</summary>
    internal static string Network(Network network)
    {
        Setting[] said = [.. NetworkSettings.Of(network).Where(s => !s.IsDefault)];
        return said.Length == 1 ? said[0].Value! : Mapping(said);
    }

    /// <summary>The network's name alone, or a mapping on one line.</summary>
    internal static string Nic(string vm, Nic nic, bool withMac)
    {
        Setting[] said = [.. NicSettings.Of(vm, nic).Where(s => !s.IsDefault && (withMac || s.Key != "mac"))];
        // The key of a kind's own settings says the kind, too.
        said = [.. said.Where(s => s.Key != "attach" || !said.Any(o => o.Key == s.Value))];
        return said.Length == 1 ? said[0].Value! : Mapping(said);
    }

    internal static string Nics(Vm vm, HashSet<string> macs) =>
        $"[{string.Join(", ", Places(vm, macs))}]";

    internal static string Forward(Forward forward) =>
        forward.Protocol == ForwardProtocol.Tcp ? forward.ToString()[..^"/tcp".Length] : forward.ToString();

    /// <summary>NICs whose MAC has to be written, because a reader would give them another one.</summary>
    internal static HashSet<string> WrittenMacs(Topology topology)
    {
        HashSet<string> written = [];
        for (int before = -1; before != written.Count;)
        {
            before = written.Count;
            Items<Vm> filled = GeneratedMacs.Fill([.. topology.Vms.Select(vm => vm with { Nics = vm.Nics
                .Select(n => written.Contains(Names.Nic(vm.Name, n.Number)) ? n : n with { Mac = "" }).ToItems() })]);
            written.UnionWith(topology.Vms.Zip(filled).SelectMany(pair => pair.First.Nics.Zip(pair.Second.Nics)
                .Where(n => n.First.Mac != n.Second.Mac).Select(n => Names.Nic(pair.First.Name, n.First.Number))));
        }
        return written;
    }

    private static string Vm(Vm vm, HashSet<string> macs)
    {
        string name = YamlWord.Of(vm.Name);
        string[] nics = Places(vm, macs);
        return nics.Length < 2 || !nics.Any(n => n.StartsWith('{'))
            ? $"{name}: [{string.Join(", ", nics)}]"
            : $"{name}:{string.Concat(nics.Select(n => $"\n    - {n}"))}";
    }

    /// <summary>One for each number up to the last card's.</summary>
    private static string[] Places(Vm vm, HashSet<string> macs) =>
        [.. vm.Places().Select(n => n is null ? NoNic : Nic(vm.Name, n, macs.Contains(Names.Nic(vm.Name, n.Number))))];

    private static bool ExistsByUse(Topology topology, Network network) =>
        network == Weft.Model.Network.Of(network.Name, network.Mode) &&
        (network.Name, network.Mode) is (NetworkModes.DefaultInternal, NetworkMode.Internal) or (NetworkModes.DefaultNat, NetworkMode.Nat) &&
        topology.Vms.Any(vm => vm.Nics.Any(n => n.Network == network.Name));

    private static string Mapping(Setting[] settings) => $"{{ {string.Join(", ", settings.Select(s => $"{s.Key}: {s.Value}"))} }}";

    private static void Append(StringBuilder text, string section, IEnumerable<string> entries)
    {
        string[] lines = [.. entries];
        if (lines.Length > 0)
        {
            text.Append($"{(text.Length > 0 ? "\n" : "")}{section}:\n").Append(string.Concat(lines.Select(l => $"  {l}\n")));
        }
    }
}
