using Weft.Model.Planning;

namespace Weft.Model.Differences;

/// <summary>What an owner would have to change to get from one topology to another: networks first, then VMs and NICs, then forwards,
/// each in order of name.</summary>
public static class TopologyDifferences
{
    public static Difference[] Between(Topology from, Topology to)
    {
        (Dictionary<string, Vm> before, Dictionary<string, Vm> after) = (from.Vms.ToDictionary(v => v.Name), to.Vms.ToDictionary(v => v.Name));
        return
        [
            .. Compare(from.Networks, to.Networks, n => n.Name, "network", NetworkSettings.Of).Select(d => StaticNameSettings.Divide(d, from, to)),
            .. Names(before.Keys, after.Keys).SelectMany(name => OfVm(name, before.GetValueOrDefault(name), after.GetValueOrDefault(name))),
            .. Compare(from.Forwards, to.Forwards, f => f.ToString(), "forward", _ => []),
        ];
    }

    /// <summary>The same, with those marked that <paramref name="steps"/> remove and add again.</summary>
    public static Difference[] Between(Topology from, Topology to, IReadOnlyCollection<PlanStep> steps)
    {
        HashSet<string> anew =
        [
            .. steps.OfType<PlanStep.RemoveNetwork>().Select(s => $"network {s.Network.Name.Split('/')[0]}"),
            .. steps.OfType<PlanStep.RemovePort>().Select(s => $"nic {s.Port.Name}"),
        ];
        return [.. Between(from, to).Select(d => d with { MadeAnew = d.Action == Difference.Change && anew.Contains($"{d.Kind} {d.Name}") })];
    }

    private static IEnumerable<Difference> OfVm(string name, Vm? from, Vm? to)
    {
        if (from is null || to is null)
        {
            yield return new Difference(from is null ? Difference.Add : Difference.Remove, "vm", name, []);
        }
        if (to is null)
        {
            yield break;
        }
        foreach (Difference nic in Compare(from?.Nics ?? [], to.Nics, n => Weft.Model.Names.Nic(name, n.Number), "nic", n => NicSettings.Of(name, n)))
        {
            yield return nic.Action == Difference.Add ? nic with { Settings = [.. nic.Settings.Where(s => s.Name != "mac")] } : nic;
        }
    }

    private static IEnumerable<Difference> Compare<T>(IReadOnlyList<T> from, IReadOnlyList<T> to, Func<T, string> nameOf, string kind,
        Func<T, Setting[]> settingsOf)
        where T : class
    {
        Dictionary<string, T> before = from.ToDictionary(nameOf);
        Dictionary<string, T> after = to.ToDictionary(nameOf);
        foreach (string name in Names(before.Keys, after.Keys))
        {
            (T? old, T? next) = (before.GetValueOrDefault(name), after.GetValueOrDefault(name));
            if (next is null)
            {
                yield return new Difference(Difference.Remove, kind, name, []);
            }
            else if (old is null)
            {
                yield return new Difference(Difference.Add, kind, name,
                    [.. settingsOf(next).Where(s => !s.IsDefault).Select(s => new SettingDifference(s.Key, null, s.Text))]);
            }
            else if (!old.Equals(next))
            {
                yield return new Difference(Difference.Change, kind, name, [.. settingsOf(old).Zip(settingsOf(next))
                    .Where(s => s.First.Value != s.Second.Value).Select(s => new SettingDifference(s.First.Key, s.First.Text, s.Second.Text))]);
            }
        }
    }

    private static IEnumerable<string> Names(IEnumerable<string> from, IEnumerable<string> to) => from.Union(to).Order(StringComparer.Ordinal);
}
