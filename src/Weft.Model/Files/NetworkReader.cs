using Weft.Model.Errors;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>Reads one entry of <c>networks:</c>. The short form is the mode alone.</summary>
internal static class NetworkReader
{
    internal static readonly string[] Keys = ["mode", "subnet", "dhcp", "dns", "names", "host-loopback", "mtu", "polling", "source", "force", "started"];
    internal static readonly string[] DhcpKeys = ["first", "last", "lease"];

    public static Network? Read(FileErrors errors, string name, YamlNode node)
    {
        string what = $"network '{name}'";
        string path = $"networks.{name}";
        if (node is YamlScalarNode { Value: { } word } && !MappingReader.IsNull(node))
        {
            return TryMode(errors, node, what, word) is { } mode ? Network.Of(name, mode) : null;
        }
        if (node is not YamlMappingNode mapping)
        {
            errors.Add(node, ErrorCode.WrongShape, $"{what} has no mode",
                $"write one of {string.Join(", ", NetworkModes.Words)}, like '{name}: nat-network'");
            return null;
        }
        MappingReader reader = new(errors, mapping, what, path, Keys);
        if (reader.Node("mode") is null)
        {
            errors.Add(node, ErrorCode.WrongShape, $"{what} has no mode",
                $"add 'mode:' with one of {string.Join(", ", NetworkModes.Words)}");
            return null;
        }
        return reader.Text("mode") is { } text && TryMode(errors, reader.Node("mode")!, what, text) is { } given
            ? ReadSettings(errors, reader, Network.Of(name, given), what, path)
            : null;
    }

    private static Network ReadSettings(FileErrors errors, MappingReader reader, Network basis, string what, string path)
    {
        Network network = ReadDhcp(errors, reader, basis, what, path);
        return network with
        {
            Subnet = reader.Subnet("subnet"),
            Dns = reader.Switch("dns") ?? network.Dns,
            Names = StaticNamesReader.Read(errors, reader.Node("names"), what, $"{path}.names"),
            HostLoopback = reader.Policy("host-loopback") ?? network.HostLoopback,
            Mtu = reader.Number("mtu", Network.MinMtu, Network.MaxMtu) ?? network.Mtu,
            Polling = ReadPolling(reader, what),
            Source = reader.Address("source"),
            Force = reader.Switch("force") ?? false,
            Started = reader.Switch("started") ?? true,
        };
    }

    private static Network ReadDhcp(FileErrors errors, MappingReader reader, Network network, string what, string path)
    {
        if (reader.Node("dhcp") is not YamlMappingNode mapping)
        {
            return network with { Dhcp = reader.Switch("dhcp") ?? network.Dhcp };
        }
        MappingReader dhcp = new(errors, mapping, $"dhcp of {what}", $"{path}.dhcp", DhcpKeys);
        network = network with { Dhcp = true, LeaseSeconds = dhcp.Number("lease", 60, 31_536_000) ?? network.LeaseSeconds };
        if (dhcp.Has("first") != dhcp.Has("last"))
        {
            errors.Add(mapping, ErrorCode.WrongShape, $"dhcp of {what} has only one end of its range",
                "give both 'first' and 'last', or neither");
            return network;
        }
        return dhcp.Address("first") is { } first && dhcp.Address("last") is { } last
            ? network with { Pool = new AddressRange(first, last) }
            : network;
    }

    private static Polling ReadPolling(MappingReader reader, string what)
    {
        if (reader.Text("polling") is not { } word)
        {
            return Polling.Balanced;
        }
        if (!PollingWords.TryParse(word, out Polling polling))
        {
            reader.Report("polling", ErrorCode.BadValue, $"unknown polling '{word}' of {what}",
                $"{Spelling.Suggest(word, PollingWords.All)}it is one of {string.Join(", ", PollingWords.All)}");
        }
        return polling;
    }

    private static NetworkMode? TryMode(FileErrors errors, YamlNode at, string what, string word)
    {
        if (NetworkModes.TryParse(word, out NetworkMode mode))
        {
            return mode;
        }
        errors.Add(at, ErrorCode.UnknownMode, $"unknown mode '{word}' of {what}",
            $"{Spelling.Suggest(word, NetworkModes.Words)}the modes are {string.Join(", ", NetworkModes.Words)}");
        return null;
    }
}
