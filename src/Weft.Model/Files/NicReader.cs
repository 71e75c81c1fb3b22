using Weft.Model.Errors;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>
/// Reads one NIC of a VM. The short form is the network's name alone; 'none' is not attached; 'nat' and 'intnet' need no
/// entry under <c>networks:</c>, and neither does an internal network that the NIC asks for by <c>mode: internal</c>.
/// A NIC without <c>mac:</c> comes back with an empty one, filled in once all are known.
/// </summary>
internal sealed class NicReader(FileErrors errors, NetworksByUse byUse)
{
    private static readonly string[] Keys = ["net", "mode", "mac", "ip", "attach", "tap", "plugged"];
    private static readonly string[] TapKeys = ["name", "netns"];
    private static readonly string[] Attachments = ["seqpacket", "tap"];

    public Nic? Read(string vm, int number, YamlNode node)
    {
        string what = $"NIC {Names.Nic(vm, number)}";
        string path = $"vms.{vm}.nics.{number}";
        errors.Remember(path, node);
        if (node is YamlScalarNode { Value: { } net } && !MappingReader.IsNull(node))
        {
            errors.Remember($"{path}.net", node);
            return new Nic { Number = number, Mac = "", Network = byUse.Resolve(node, what, net, null) };
        }
        if (node is not YamlMappingNode mapping)
        {
            errors.Add(node, ErrorCode.WrongShape, $"{what} has no network",
                "write the network's name, or 'none' for a card that is not attached");
            return null;
        }
        MappingReader reader = new(errors, mapping, what, path, Keys);
        TapPlace? tap = ReadTap(reader, vm, number, what, path);
        return new Nic
        {
            Number = number,
            Network = byUse.Resolve(node, what, reader.Text("net"), reader.Text("mode")),
            Mac = ReadMac(reader, what),
            Address = reader.Address("ip"),
            Attachment = tap is null ? AttachmentKind.Seqpacket : AttachmentKind.Tap,
            Tap = tap,
            Plugged = reader.Switch("plugged") ?? true,
        };
    }

    private static string ReadMac(MappingReader reader, string what)
    {
        if (reader.Text("mac") is not { } text)
        {
            return "";
        }
        if (!MacText.TryParse(text, out string mac, out string cause))
        {
            reader.Report("mac", ErrorCode.BadMac, $"'{text}' is not a MAC for {what}", cause);
        }
        return mac;
    }

    private TapPlace? ReadTap(MappingReader reader, string vm, int number, string what, string path)
    {
        string attach = reader.Text("attach") ?? (reader.Has("tap") ? "tap" : "seqpacket");
        if (!Attachments.Contains(attach))
        {
            reader.Report("attach", ErrorCode.BadValue, $"unknown attachment '{attach}' of {what}",
                $"{Spelling.Suggest(attach, Attachments)}a NIC is attached by {string.Join(" or ", Attachments)}");
            return null;
        }
        if (attach == "seqpacket" && reader.Has("tap"))
        {
            reader.Report("tap", ErrorCode.DoesNotApply, $"{what} is attached by seqpacket and has a 'tap'",
                "write 'attach: tap', or take 'tap' away");
        }
        return attach == "tap" ? ReadTapPlace(reader, vm, number, what, path) : null;
    }

    private TapPlace? ReadTapPlace(MappingReader reader, string vm, int number, string what, string path)
    {
        TapPlace place = new($"{vm}-{number}", null);
        switch (reader.Node("tap"))
        {
            case null:
                break;
            case YamlMappingNode mapping:
                MappingReader tap = new(errors, mapping, $"tap of {what}", $"{path}.tap", TapKeys);
                place = new TapPlace(tap.Text("name") ?? place.Name, tap.Text("netns"));
                break;
            default:
                place = place with { Name = reader.Text("tap") ?? place.Name };
                break;
        }
        return place;
    }
}
