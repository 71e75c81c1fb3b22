namespace Weft.Model.Planning;

/// <summary>One change of a data plane. <see cref="Apply"/> is what the step means; the worker does the same to real things.</summary>
public abstract record PlanStep
{
    /// <summary>What it does, for the one who asked for the change.</summary>
    public abstract string Text { get; }

    public abstract DataPlane Apply(DataPlane plane);

    /// <summary>Names hang on no network of the plane: they stay as they are.</summary>
    private static DataPlane Of(DataPlane plane, IEnumerable<PlaneNetwork> networks, IEnumerable<PlanePort> ports, IEnumerable<PlaneForward> forwards) =>
        DataPlane.Of(networks, ports, forwards) with { Names = plane.Names };

    public sealed record RemoveName(PlaneName Name) : PlanStep
    {
        public override string Text => $"remove name {Name.Name} of {Name.Network}";

        public override DataPlane Apply(DataPlane plane) => plane.With(plane.Names.Where(n => n.Key != Name.Key));
    }

    /// <summary>Other addresses for a name that is there.</summary>
    public sealed record ChangeName(PlaneName From, PlaneName To) : PlanStep
    {
        public override string Text => $"change name {To.Name} of {To.Network}";

        public override DataPlane Apply(DataPlane plane) => plane.With(plane.Names.Select(n => n.Key == From.Key ? To : n));
    }

    public sealed record AddName(PlaneName Name) : PlanStep
    {
        public override string Text => $"add name {Name.Name} of {Name.Network}";

        public override DataPlane Apply(DataPlane plane) => plane.With(plane.Names.Append(Name));
    }

    public sealed record RemoveForward(PlaneForward Forward) : PlanStep
    {
        public override string Text => $"remove forward {Forward.ToForward()}";

        public override DataPlane Apply(DataPlane plane) => Of(plane, plane.Networks, plane.Ports, plane.Forwards
            .Where(f => f.Key != Forward.Key));
    }

    public sealed record RemovePort(PlanePort Port) : PlanStep
    {
        public override string Text => $"remove NIC {Port.Name}";

        public override DataPlane Apply(DataPlane plane) => Of(plane, plane.Networks, plane.Ports.Where(p => p.Name != Port.Name),
            plane.Forwards);
    }

    /// <summary>Ports that are still on it become not attached.</summary>
    public sealed record RemoveNetwork(PlaneNetwork Network) : PlanStep
    {
        public override string Text => $"remove network {Network.Name}";

        public override DataPlane Apply(DataPlane plane) => Of(
            plane,
            plane.Networks.Where(n => n.Name != Network.Name),
            plane.Ports.Select(p => p.Network == Network.Name ? p with { Network = null } : p),
            plane.Forwards);
    }

    public sealed record AddNetwork(PlaneNetwork Network) : PlanStep
    {
        public override string Text => $"add network {Network.Name}{(Network.Subnet is { } subnet ? $" ({subnet})" : "")}";

        public override DataPlane Apply(DataPlane plane) => Of(plane, plane.Networks.Append(Network), plane.Ports, plane.Forwards);
    }

    /// <summary>Settings that guests need not notice: services, MTU, pool, policy.</summary>
    public sealed record ChangeNetwork(PlaneNetwork From, PlaneNetwork To) : PlanStep
    {
        public override string Text => $"change network {To.Name}";

        public override DataPlane Apply(DataPlane plane) =>
            Of(plane, plane.Networks.Select(n => n.Name == From.Name ? To : n), plane.Ports, plane.Forwards);
    }

    /// <summary>Network, cable and reservation; the hypervisor's end stays open.</summary>
    public sealed record ChangePort(PlanePort From, PlanePort To) : PlanStep
    {
        public override string Text => From.Plugged != To.Plugged
            ? $"{(To.Plugged ? "plug" : "unplug")} NIC {To.Name}"
            : $"change NIC {To.Name}";

        public override DataPlane Apply(DataPlane plane) =>
            Of(plane, plane.Networks, plane.Ports.Select(p => p.Name == From.Name ? To : p), plane.Forwards);
    }

    public sealed record AddPort(PlanePort Port) : PlanStep
    {
        public override string Text => $"add NIC {Port.Name}";

        public override DataPlane Apply(DataPlane plane) => Of(plane, plane.Networks, plane.Ports.Append(Port), plane.Forwards);
    }

    public sealed record AddForward(PlaneForward Forward) : PlanStep
    {
        public override string Text => $"add forward {Forward.ToForward()}";

        public override DataPlane Apply(DataPlane plane) => Of(plane, plane.Networks, plane.Ports, plane.Forwards.Append(Forward));
    }
}
