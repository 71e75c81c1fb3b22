namespace Weft.Model.Planning;

/// <summary>
/// Theory. The steps from one data plane to another, in an order in which each one is possible:
///   remove forwards, names, ports, networks; add networks, change them; names; change ports, add them; add forwards.
/// A network or port whose identity differs is removed and added; anything else that differs is changed in place; what is
/// equal is in no step. A network that goes takes its forwards with it and leaves its ports standing, so ports of a network
/// that is made anew are changed back onto it. Names hang on what is declared, not on what runs. Stop is a plan to the empty plane; undoing a half-done plan is the plan
/// from where it got to back to where it began.
/// </summary>
public static class Planner
{
    public static Items<PlanStep> Plan(DataPlane from, DataPlane to)
    {
        Dictionary<string, PlaneNetwork> nextNetworks = to.Networks.ToDictionary(n => n.Name);
        Dictionary<string, PlanePort> nextPorts = to.Ports.ToDictionary(p => p.Name);
        HashSet<PlaneForward> nextForwards = [.. to.Forwards];

        Dictionary<string, PlaneName> known = from.Names.ToDictionary(n => n.Key, StringComparer.Ordinal);
        HashSet<string> wanted = [.. to.Names.Select(n => n.Key)];

        PlaneNetwork[] leaving = [.. from.Networks.Where(n => !nextNetworks.TryGetValue(n.Name, out PlaneNetwork? next) || !n.IsSameAs(next))];
        HashSet<string> gone = [.. leaving.Select(n => n.Name)];
        PlaneForward[] closing = [.. from.Forwards.Where(f => !nextForwards.Contains(f) || gone.Contains(f.Network))];
        PlanePort[] unplugged = [.. from.Ports.Where(p => !nextPorts.TryGetValue(p.Name, out PlanePort? next) || !p.IsSameAs(next))];

        // What stands after these removals, as PlanStep.Apply has it.
        Dictionary<string, PlaneNetwork> networks = from.Networks.Except(leaving).DistinctBy(n => n.Name).ToDictionary(n => n.Name);
        Dictionary<string, PlanePort> ports = from.Ports.Except(unplugged).DistinctBy(p => p.Name)
            .ToDictionary(p => p.Name, p => p.Network is { } network && gone.Contains(network) ? p with { Network = null } : p);
        HashSet<PlaneForward> forwards = [.. from.Forwards.Except(closing)];
        return
        [
            .. closing.Select(f => new PlanStep.RemoveForward(f)),
            .. from.Names.Where(n => !wanted.Contains(n.Key)).Select(n => new PlanStep.RemoveName(n)),
            .. unplugged.Select(p => new PlanStep.RemovePort(p)),
            .. leaving.Select(n => new PlanStep.RemoveNetwork(n)),
            .. to.Networks.Where(n => !networks.ContainsKey(n.Name)).Select(n => new PlanStep.AddNetwork(n)),
            .. to.Networks.Where(n => networks.TryGetValue(n.Name, out PlaneNetwork? now) && now != n)
                .Select(n => new PlanStep.ChangeNetwork(networks[n.Name], n)),
            .. to.Names.Where(n => !n.Equals(known.GetValueOrDefault(n.Key)))
                .Select(n => known.TryGetValue(n.Key, out PlaneName? was) ? (PlanStep)new PlanStep.ChangeName(was, n) : new PlanStep.AddName(n)),
            .. to.Ports.Where(p => ports.TryGetValue(p.Name, out PlanePort? now) && now != p).Select(p => new PlanStep.ChangePort(ports[p.Name], p)),
            .. to.Ports.Where(p => !ports.ContainsKey(p.Name)).Select(p => new PlanStep.AddPort(p)),
            .. to.Forwards.Where(f => !forwards.Contains(f)).Select(f => new PlanStep.AddForward(f)),
        ];
    }

    /// <summary>The plane that <paramref name="steps"/> lead to.</summary>
    public static DataPlane After(DataPlane plane, IEnumerable<PlanStep> steps) =>
        steps.Aggregate(plane, (reached, step) => step.Apply(reached));
}
