using Weft.Model.Errors;

namespace Weft.Model.Validation;

/// <summary>Static names that somebody else has, or that nobody would answer.</summary>
internal static class StaticNameCheck
{
    public static void Run(Topology topology, Finding report)
    {
        foreach (Network network in topology.Networks.Where(n => n.Names.Count > 0))
        {
            CheckWhole(network, report);
            HashSet<string> vms = [.. topology.Vms.Where(vm => vm.Nics.Any(n => n.Network == network.Name)).Select(vm => vm.Name)];
            foreach (StaticName name in network.Names)
            {
                string? cause = DnsNames.OfRouter.Contains(name.Name) ? $"the router answers {string.Join(", ", DnsNames.OfRouter)} with its own addresses"
                    : vms.Contains(name.Name) ? $"vm '{name.Name}' is on the network, and is found by that name itself"
                    : null;
                if (cause is not null)
                {
                    report($"networks.{network.Name}.names.{name.Name}", ErrorCode.DuplicateName,
                        $"name '{name.Name}' of network '{network.Name}' is taken", cause);
                }
            }
        }
    }

    private static void CheckWhole(Network network, Finding report)
    {
        string path = $"networks.{network.Name}.names";
        if (!network.Dns)
        {
            string needed = network.Mode == NetworkMode.Internal && !network.Dhcp ? "'dhcp: true' and 'dns: true'" : "'dns: true'";
            report(path, ErrorCode.DoesNotApply, $"network '{network.Name}' has names but no DNS", $"nobody would answer them; add {needed}");
        }
        if (network.Names.Count > Network.MostNames)
        {
            report(path, ErrorCode.BadValue, $"network '{network.Name}' has {network.Names.Count} names",
                $"a network has at most {Network.MostNames}; the rest of its name table is the guests'");
        }
    }
}
