using Weft.Model.Errors;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>
/// Reads how a NIC is attached: the word under <c>attach:</c>, and what its kind has to say under a key of the same word.
/// That key alone is enough; its short form is a name (<c>tap:</c>) or where Weft listens (<c>vhost-user:</c>, <c>stream:</c>).
/// </summary>
internal sealed class AttachmentReader(FileErrors errors)
{
    private const string Tap = "tap";
    private const string VhostUser = "vhost-user";
    internal static readonly string[] TapKeys = ["name", "netns"];
    internal static readonly string[] VhostUserKeys = ["socket", "role", "queues"];
    internal static readonly string[] StreamKeys = ["listen", "connect"];
    internal static readonly string[] DgramKeys = ["local", "remote"];
    private const string Stream = "stream";
    private const string Dgram = "dgram";
    internal static readonly string[] Places = [Tap, VhostUser, Stream, Dgram];

    /// <param name="reader">The NIC's mapping.</param>
    /// <param name="nic">What was read of it before.</param>
    /// <param name="path">Where it stands.</param>
    public Nic Read(MappingReader reader, Nic nic, string vm, string path)
    {
        string what = $"NIC {Names.Nic(vm, nic.Number)}";
        string word = reader.Text("attach") ?? Array.Find(Places, reader.Has) ?? nic.Attachment.Word();
        if (!AttachmentKinds.TryParse(word, out AttachmentKind kind))
        {
            reader.Report("attach", ErrorCode.BadValue, $"unknown attachment '{word}' of {what}",
                $"{Spelling.Suggest(word, AttachmentKinds.Words)}a NIC is attached by {Choice(AttachmentKinds.Words)}");
            return nic;
        }
        foreach (string key in Places)
        {
            if (key != word && reader.Has(key))
            {
                reader.Report(key, ErrorCode.DoesNotApply, $"{what} is attached by {word} and has a '{key}'",
                    $"write 'attach: {key}', or take '{key}' away");
            }
        }
        return kind switch
        {
            AttachmentKind.Tap => nic with { Attachment = kind, Tap = ReadTap(reader, $"{vm}-{nic.Number}", what, path) },
            AttachmentKind.VhostUser => nic with { Attachment = kind, VhostUser = ReadVhostUser(reader, what, path) },
            AttachmentKind.Stream => nic with { Attachment = kind, Stream = ReadStream(reader, what, path) },
            AttachmentKind.Dgram => nic with { Attachment = kind, Dgram = ReadDgram(reader, what, path) },
            _ => nic with { Attachment = kind },
        };
    }

    private TapPlace ReadTap(MappingReader reader, string name, string what, string path)
    {
        if (reader.Node(Tap) is not YamlMappingNode mapping)
        {
            return new TapPlace(reader.Text(Tap) ?? name, null);
        }
        MappingReader tap = new(errors, mapping, $"{Tap} of {what}", $"{path}.{Tap}", TapKeys);
        return new TapPlace(tap.Text("name") ?? name, tap.Text("netns"));
    }

    private VhostUserPlace ReadVhostUser(MappingReader reader, string what, string path)
    {
        if (reader.Node(VhostUser) is not YamlMappingNode mapping)
        {
            return new VhostUserPlace(reader.Text(VhostUser), VhostUserRole.Server);
        }
        MappingReader place = new(errors, mapping, $"{VhostUser} of {what}", $"{path}.{VhostUser}", VhostUserKeys);
        return new VhostUserPlace(place.Text("socket"), place.Dials("role") == true ? VhostUserRole.Client : VhostUserRole.Server,
            place.Number("queues", 1, VhostUserPlace.MaxQueues) ?? 1);
    }

    private StreamPlace ReadStream(MappingReader reader, string what, string path)
    {
        if (reader.Node(Stream) is not YamlMappingNode mapping)
        {
            return new StreamPlace(SocketText.Whole(reader.Text(Stream)));
        }
        MappingReader place = new(errors, mapping, $"{Stream} of {what}", $"{path}.{Stream}", StreamKeys);
        string? connect = SocketText.Whole(place.Text("connect"));
        if (connect is not null && place.Has("listen"))
        {
            place.Report("connect", ErrorCode.DoesNotApply, $"{Stream} of {what} has a 'listen' and a 'connect'",
                "Weft listens and the hypervisor connects, or the other way round");
        }
        return new StreamPlace(connect ?? SocketText.Whole(place.Text("listen")), connect is not null);
    }

    private DgramPlace ReadDgram(MappingReader reader, string what, string path)
    {
        if (reader.Node(Dgram) is YamlMappingNode mapping)
        {
            MappingReader place = new(errors, mapping, $"{Dgram} of {what}", $"{path}.{Dgram}", DgramKeys);
            return new DgramPlace(SocketText.Whole(place.Text("local")), SocketText.Whole(place.Text("remote")));
        }
        if (reader.Has(Dgram))
        {
            reader.Report(Dgram, ErrorCode.WrongShape, $"{Dgram} of {what} has no two ends",
                "datagrams have two ends: 'dgram: { local: …, remote: … }', or 'attach: dgram' for both in Weft's own folder");
        }
        return new DgramPlace(null, null);
    }

    private static string Choice(string[] words) => $"{string.Join(", ", words[..^1])} or {words[^1]}";
}
