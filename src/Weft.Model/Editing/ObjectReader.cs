using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Validation;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Editing;

/// <summary>
/// One object in the JSON form that files have for it, read by the readers of files into a topology that is known, and the
/// whole checked as a file would be: what a file may not say cannot be said here, and the mistakes have the same words.
/// </summary>
/// <param name="tryLine">A command that leads out of a mistake.</param>
internal sealed class ObjectReader(Topology topology, string tryLine)
{
    private readonly FileErrors _errors = new("", tryLine);

    public Topology Network(string name, string json)
    {
        RequireName(name, "network");
        if (name == NetworkModes.NotAttached)
        {
            throw new WeftException(new WeftError(ErrorCode.BadName, "a network cannot be called 'none'",
                "'none' says that a NIC is not attached", tryLine));
        }
        return NetworkReader.Read(_errors, name, Load(json)) is { } network ? Check(topology.With(network)) : throw Fault();
    }

    public Topology Vm(string name, string json)
    {
        RequireName(name, "vm");
        NetworksByUse byUse = Networks();
        return new VmReader(_errors, new NicReader(_errors, byUse)).Read(name, Load(json)) is { } vm
            ? Check(Used(byUse).With(vm))
            : throw Fault();
    }

    public Topology Nic(Vm vm, int number, string json)
    {
        NetworksByUse byUse = Networks();
        return new NicReader(_errors, byUse).Read(vm.Name, number, Load(json)) is { } nic
            ? Check(Used(byUse).With(vm, nic))
            : throw Fault();
    }

    /// <summary>The topology, filled in and checked as a whole.</summary>
    public Topology Check(Topology next)
    {
        next = next with { Vms = GeneratedMacs.Fill(next.Vms) };
        TopologyCheck.Run(next, _errors.Add);
        return _errors.Any ? throw Fault() : next;
    }

    private YamlNode Load(string json)
    {
        if (json.Length > TopologyFile.MaxCharacters)
        {
            throw new WeftException(new WeftError(ErrorCode.FileTooLarge, $"the request's body has {json.Length:N0} characters",
                $"what describes one object has at most {TopologyFile.MaxCharacters:N0}", tryLine));
        }
        return YamlText.Load(json, _errors) ?? (_errors.Any ? throw Fault() : new YamlMappingNode());
    }

    private NetworksByUse Networks() => new(_errors, topology.Networks.ToDictionary(n => n.Name, StringComparer.Ordinal));

    private Topology Used(NetworksByUse byUse) => byUse.Used.Aggregate(topology, (reached, network) => reached.With(network));

    private void RequireName(string name, string kind)
    {
        if (!Names.IsName(name))
        {
            throw new WeftException(new WeftError(ErrorCode.BadName, $"'{name}' is not a name for a {kind}", Names.Rule, tryLine));
        }
    }

    private WeftException Fault()
    {
        Items<WeftError> all = _errors.InOrder();
        string more = all.Count == 1 ? "" : $" ({all.Count - 1} more mistake{(all.Count > 2 ? "s" : "")})";
        return new WeftException(all[0] with { Cause = all[0].Cause + more });
    }
}
