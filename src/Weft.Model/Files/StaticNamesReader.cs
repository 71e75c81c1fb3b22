using System.Net;
using Weft.Model.Errors;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>Reads <c>names:</c> of a network: each has an address, or a list of them.</summary>
internal static class StaticNamesReader
{
    /// <summary>Addresses from here on are multicast, reserved or broadcast (RFC 1112 §4).</summary>
    private const uint FirstShared = 0xe000_0000;

    /// <summary>Addresses before this one are "this network" (RFC 1122 §3.2.1.3).</summary>
    private const uint FirstOfHosts = 0x0100_0000;

    /// <param name="what">"network 'lab'".</param>
    /// <param name="path">"networks.lab.names".</param>
    public static Items<StaticName> Read(FileErrors errors, YamlNode? node, string what, string path)
    {
        if (node is not null and not YamlMappingNode)
        {
            errors.Add(node, ErrorCode.WrongShape, $"'names' of {what} is not a mapping", "write each as 'NAME: ADDRESS' or 'NAME: [ADDRESS, ADDRESS]'");
        }
        List<StaticName> names = [];
        foreach ((YamlNode key, YamlNode value) in (node as YamlMappingNode)?.Children ?? new YamlMappingNode().Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            errors.Remember($"{path}.{name}", key);
            if (DnsNames.FaultOf(name) is { } fault)
            {
                errors.Add(key, ErrorCode.BadName, $"'{YamlText.Show(key)}' cannot be a name of {what}", fault);
            }
            else if (ReadAddresses(errors, value, $"name '{YamlText.Show(key)}' of {what}") is { Count: > 0 } addresses)
            {
                names.Add(new StaticName(name, addresses));
            }
        }
        return names.OrderBy(n => n.Name, StringComparer.Ordinal).ToItems();
    }

    private static Items<IPAddress> ReadAddresses(FileErrors errors, YamlNode value, string what)
    {
        YamlNode[] items = value switch
        {
            YamlSequenceNode list => [.. list.Children],
            YamlScalarNode when !MappingReader.IsNull(value) => [value],
            _ => [],
        };
        if (items.Length == 0)
        {
            errors.Add(value, ErrorCode.WrongShape, $"{what} has no address", $"write an IPv4 address, or a list of up to {StaticName.MostAddresses}");
        }
        if (items.Length > StaticName.MostAddresses)
        {
            errors.Add(value, ErrorCode.BadValue, $"{what} has {items.Length} addresses", $"a name has at most {StaticName.MostAddresses}");
            return [];
        }
        List<IPAddress> addresses = [];
        foreach (YamlNode item in items)
        {
            if (ReadAddress(errors, item, what) is not { } address)
            {
                continue;
            }
            if (addresses.Contains(address))
            {
                errors.Add(item, ErrorCode.BadAddress, $"{what} has {address} twice", "each address of a name stands once");
            }
            addresses.Add(address);
        }
        return addresses.ToItems();
    }

    private static IPAddress? ReadAddress(FileErrors errors, YamlNode item, string what)
    {
        string text = YamlText.Show(item);
        if (!AddressText.TryParse(text, out IPAddress address))
        {
            errors.Add(item, ErrorCode.BadAddress, $"'{text}' is not an address ({what})", "an IPv4 address has four parts from 0 to 255, like 10.20.0.15");
            return null;
        }
        if (V4.Of(address) is < FirstOfHosts or >= FirstShared)
        {
            errors.Add(item, ErrorCode.BadAddress, $"{what} cannot have the address {address}", "no machine has an address below 1.0.0.0, or from 224.0.0.0 on");
            return null;
        }
        return address;
    }
}
