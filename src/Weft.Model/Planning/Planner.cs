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
        PlaneNetwork[] leaving = [.. from.Networks.Where(n => Find(to, n.Name) is not { } next || !n.IsSameAs(next))];
        List<PlanStep> steps = [];
        steps.AddRange(from.Forwards.Where(f => !to.Forwards.Contains(f) || leaving.Any(n => n.Name == f.Network))
            .Select(f => new PlanStep.RemoveForward(f)));
        Dictionary<string, PlaneName> known = from.Names.ToDictionary(n => n.Key, StringComparer.Ordinal);
        HashSet<string> wanted = to.Names.Select(n => n.Key).ToHashSet(StringComparer.Ordinal);
        steps.AddRange(from.Names.Where(n => !wanted.Contains(n.Key)).Select(n => new PlanStep.RemoveName(n)));
        steps.AddRange(from.Ports.Where(p => FindPort(to, p.Name) is not { } next || !p.IsSameAs(next))
            .Select(p => new PlanStep.RemovePort(p)));
        steps.AddRange(leaving.Select(n => new PlanStep.RemoveNetwork(n)));

        DataPlane kept = After(from, steps);
        steps.AddRange(to.Networks.Where(n => Find(kept, n.Name) is null).Select(n => new PlanStep.AddNetwork(n)));
        foreach (PlaneNetwork next in to.Networks)
        {
            if (Find(kept, next.Name) is { } now && now != next)
            {
                steps.Add(new PlanStep.ChangeNetwork(now, next));
            }
        }
        steps.AddRange(to.Names.Where(n => !n.Equals(known.GetValueOrDefault(n.Key)))
            .Select(n => known.TryGetValue(n.Key, out PlaneName? was) ? (PlanStep)new PlanStep.ChangeName(was, n) : new PlanStep.AddName(n)));
        foreach (PlanePort next in to.Ports)
        {
            if (FindPort(kept, next.Name) is { } now && now != next)
            {
                steps.Add(new PlanStep.ChangePort(now, next));
            }
        }
        steps.AddRange(to.Ports.Where(p => FindPort(kept, p.Name) is null).Select(p => new PlanStep.AddPort(p)));
        steps.AddRange(to.Forwards.Where(f => !kept.Forwards.Contains(f)).Select(f => new PlanStep.AddForward(f)));
        return steps.ToItems();
    }

    /// <summary>The plane that <paramref name="steps"/> lead to.</summary>
    public static DataPlane After(DataPlane plane, IEnumerable<PlanStep> steps) =>
        steps.Aggregate(plane, (reached, step) => step.Apply(reached));

    private static PlaneNetwork? Find(DataPlane plane, string name) => plane.Networks.FirstOrDefault(n => n.Name == name);

    private static PlanePort? FindPort(DataPlane plane, string name) => plane.Ports.FirstOrDefault(p => p.Name == name);
}
