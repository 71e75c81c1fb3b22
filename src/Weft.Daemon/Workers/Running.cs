using Weft.Engine.State;
using Weft.Model.Planning;

namespace Weft.Daemon.Workers;

/// <summary>What a worker runs, read from its records: the plane, and the worker's ids by our names.</summary>
internal sealed class Running
{
    public Dictionary<string, ulong> Networks { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ulong> Ports { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ulong> Forwards { get; } = new(StringComparer.Ordinal);

    /// <summary>By <see cref="PlaneName.Key"/>.</summary>
    public Dictionary<string, ulong> Names { get; } = new(StringComparer.Ordinal);

    public required DataPlane Plane { get; init; }

    /// <param name="known">Where each TAP was opened and the card's model are taken from here; the records do not say.</param>
    public static Running Read(SharedState state, DataPlane known)
    {
        Dictionary<string, ulong> networkIds = new(StringComparer.Ordinal);
        Dictionary<ulong, PlaneNetwork> networks = [];
        RecordArray<NetworkRecord> networkRecords = state.Array<NetworkRecord>(SharedArray.Networks);
        for (int i = 0; i < networkRecords.Capacity; i++)
        {
            if (networkRecords[i].Id != 0)
            {
                PlaneNetwork network = Records.Read(networkRecords[i]);
                networks[networkRecords[i].Id] = network;
                networkIds[network.Name] = networkRecords[i].Id;
            }
        }
        List<(ulong Id, PlanePort Port)> ports = ReadPorts(state, networks, known);
        List<(ulong Id, PlaneForward Forward)> forwards = ReadForwards(state, networks);
        Dictionary<string, (ulong Id, PlaneName Name)> names = ReadNames(state);
        Running running = new()
        {
            Plane = DataPlane.Of(networks.Values, ports.Select(p => p.Port), forwards.Select(f => f.Forward)).With(names.Values.Select(n => n.Name)),
        };
        Fill(running.Networks, networkIds.Select(n => (n.Key, n.Value)));
        Fill(running.Ports, ports.Select(p => (p.Port.Name, p.Id)));
        Fill(running.Forwards, forwards.Select(f => (f.Forward.Key, f.Id)));
        Fill(running.Names, names.Select(n => (n.Key, n.Value.Id)));
        return running;
    }

    /// <summary>Of two with one key, in the middle of a change, the younger.</summary>
    private static Dictionary<string, (ulong Id, PlaneName Name)> ReadNames(SharedState state)
    {
        Dictionary<string, (ulong Id, PlaneName Name)> names = new(StringComparer.Ordinal);
        RecordArray<NameRecord> records = state.Array<NameRecord>(SharedArray.Names);
        for (int i = 0; i < records.Capacity; i++)
        {
            ulong id = records[i].Id;
            if (id != 0 && Records.Read(records[i]) is var name && (!names.TryGetValue(name.Key, out (ulong Id, PlaneName Name) other) || other.Id < id))
            {
                names[name.Key] = (id, name);
            }
        }
        return names;
    }

    private static List<(ulong Id, PlanePort Port)> ReadPorts(SharedState state, Dictionary<ulong, PlaneNetwork> networks, DataPlane known)
    {
        List<(ulong, PlanePort)> ports = [];
        Dictionary<string, PlanePort> byName = known.Ports.ToDictionary(p => p.Name);
        RecordArray<PortRecord> records = state.Array<PortRecord>(SharedArray.Ports);
        for (int i = 0; i < records.Capacity; i++)
        {
            ref PortRecord record = ref records[i];
            if (record.Id == 0)
            {
                continue;
            }
            string name = record.Name.ToString();
            PlanePort? was = byName.GetValueOrDefault(name);
            PlanePort port = Records.Read(record, networks.GetValueOrDefault(record.NetworkId)?.Name, was?.Namespace);
            ports.Add((record.Id, was is null ? port : port with { Model = was.Model }));
        }
        return ports;
    }

    private static List<(ulong Id, PlaneForward Forward)> ReadForwards(SharedState state, Dictionary<ulong, PlaneNetwork> networks)
    {
        List<(ulong, PlaneForward)> forwards = [];
        RecordArray<ForwardRecord> records = state.Array<ForwardRecord>(SharedArray.Forwards);
        for (int i = 0; i < records.Capacity; i++)
        {
            ref ForwardRecord record = ref records[i];
            if (record.Id != 0)
            {
                forwards.Add((record.Id, Records.Read(record, networks.GetValueOrDefault(record.NetworkId)?.Name ?? "")));
            }
        }
        return forwards;
    }

    private static void Fill(Dictionary<string, ulong> to, IEnumerable<(string Name, ulong Id)> from)
    {
        foreach ((string name, ulong id) in from)
        {
            to[name] = id;
        }
    }
}
