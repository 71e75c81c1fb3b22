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
    internal static readonly string[] Keys = ["net", "mode", "mac", "ip", "model", "attach", "tap", "vhost-user", "stream", "dgram", "plugged"];

    private readonly AttachmentReader _attachments = new(errors);

    public Nic? Read(string vm, int number, YamlNode node)
    {
        string what = $"NIC {Names.Nic(vm, number)}";
        string path = $"vms.{vm}.nics.{number}";
        errors.Remember(path, node);
        if (node is YamlScalarNode { Value: { } net } && !MappingReader.IsNull(node))
        {
            errors.Remember($"{path}.net", node);
            return new Nic
            {
                Number = number,
                Mac = "",
                Network = byUse.Resolve(node, what, net, null),
                Attachment = NicModel.Virtio.UsualAttachment,
                VhostUser = VhostUserPlace.Usual,
            };
        }
        if (node is not YamlMappingNode mapping)
        {
            errors.Add(node, ErrorCode.WrongShape, $"{what} has no network",
                "write the network's name, or 'none' for a card that is not attached");
            return null;
        }
        MappingReader reader = new(errors, mapping, what, path, Keys);
        NicModel model = ReadModel(reader, what);
        Nic nic = new()
        {
            Number = number,
            Network = byUse.Resolve(node, what, reader.Text("net"), reader.Text("mode")),
            Mac = ReadMac(reader, what),
            Address = reader.Address("ip"),
            Model = model,
            Attachment = model.UsualAttachment,
            Plugged = reader.Switch("plugged") ?? true,
        };
        return _attachments.Read(reader, nic, vm, path);
    }

    private static NicModel ReadModel(MappingReader reader, string what)
    {
        if (reader.Text("model") is not { } text)
        {
            return NicModel.Virtio;
        }
        if (NicModel.Find(text) is { } model)
        {
            return model;
        }
        reader.Report("model", ErrorCode.BadValue, $"unknown model '{text}' of {what}",
            $"{Spelling.Suggest(text, NicModel.Words)}the models are {string.Join(", ", NicModel.Words)}");
        return NicModel.Virtio;
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
}
