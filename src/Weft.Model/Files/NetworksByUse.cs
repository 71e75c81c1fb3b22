using Weft.Model.Errors;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>The networks that exist because a NIC names them: 'nat', 'intnet', and internal ones asked for by <c>mode:
/// internal</c>.</summary>
internal sealed class NetworksByUse(FileErrors errors, IReadOnlyDictionary<string, Network> declared)
{
    private readonly SortedDictionary<string, Network> _used = new(StringComparer.Ordinal);

    public IEnumerable<Network> Used => _used.Values;

    /// <summary>The name of the network that a NIC with these two words is on; null when it is not attached.</summary>
    public string? Resolve(YamlNode at, string what, string? net, string? mode)
    {
        if (mode is null)
        {
            if (net is null)
            {
                errors.Add(at, ErrorCode.WrongShape, $"{what} has no network", "add 'net:' with a network's name, or 'none'");
            }
            return net is null or NetworkModes.NotAttached ? null : ByName(net);
        }
        if (mode == NetworkModes.NotAttached)
        {
            return null;
        }
        if (!NetworkModes.TryParse(mode, out NetworkMode wanted))
        {
            errors.Add(at, ErrorCode.UnknownMode, $"unknown mode '{mode}' of {what}",
                $"{Spelling.Suggest(mode, NetworkModes.Words)}the modes are {string.Join(", ", NetworkModes.Words)}, none");
            return null;
        }
        string? name = net ?? DefaultName(wanted);
        if (name is null)
        {
            errors.Add(at, ErrorCode.WrongShape, $"{what} is in mode nat-network and names no network",
                "add 'net:' with the name of a nat-network");
            return null;
        }
        CheckOrCreate(at, what, name, wanted);
        return name;
    }

    private static string? DefaultName(NetworkMode mode) => mode switch
    {
        NetworkMode.Internal => NetworkModes.DefaultInternal,
        NetworkMode.Nat => NetworkModes.DefaultNat,
        _ => null,
    };

    private string ByName(string net)
    {
        if (net == NetworkModes.DefaultInternal && !declared.ContainsKey(net))
        {
            _used.TryAdd(net, Network.Of(net, NetworkMode.Internal));
        }
        else if (net == NetworkModes.DefaultNat && !declared.ContainsKey(net))
        {
            _used.TryAdd(net, Network.Of(net, NetworkMode.Nat));
        }
        return net;
    }

    private void CheckOrCreate(YamlNode at, string what, string name, NetworkMode wanted)
    {
        Network? there = declared.GetValueOrDefault(name) ?? _used.GetValueOrDefault(name);
        if (there is not null && there.Mode != wanted)
        {
            errors.Add(at, ErrorCode.DoesNotApply, $"{what} is in mode {wanted.Word()} but network '{name}' is {there.Mode.Word()}",
                "leave 'mode' away, or name another network");
        }
        else if (there is null && wanted != NetworkMode.NatNetwork && Names.IsName(name))
        {
            _used.Add(name, Network.Of(name, wanted));
        }
    }
}
