using System.Globalization;
using Weft.Model.Files;

namespace Weft.Model.Differences;

/// <summary>What a file says of a NIC, key by key.</summary>
public static class NicSettings
{
    /// <summary>What one of them may be hangs on the others: they are written together.</summary>
    public static readonly string[] AttachmentKeys = ["model", "attach", "tap", "vhost-user", "stream", "dgram"];

    public static Setting[] Of(string vm, Nic nic) =>
    [
        new("net", nic.Network is { } network ? YamlWord.Of(network) : NetworkModes.NotAttached),
        new("mac", $"\"{nic.Mac}\""),
        new("ip", nic.Address?.ToString()),
        new("model", YamlWord.Of(nic.Model.Word), NicModel.Virtio.Word),
        new("attach", nic.Attachment.Word(), nic.Model.UsualAttachment.Word()),
        new("tap", nic.Tap is { } tap ? Tap(tap, $"{vm}-{nic.Number}") : null),
        new("vhost-user", nic.VhostUser is { } place ? VhostUser(place) : null),
        new("stream", nic.Stream is { Address: { } at } stream ? stream.Dials ? $"{{ connect: {YamlWord.Of(at)} }}" : YamlWord.Of(at) : null),
        new("dgram", nic.Dgram is { } ends ? Dgram(ends) : null),
        new("plugged", nic.Plugged ? "true" : "false", "true"),
    ];

    private static string? Tap(TapPlace tap, string usual)
    {
        string name = YamlWord.Of(tap.Name);
        return tap.Namespace is { } space ? $"{{ name: {name}, netns: {YamlWord.Of(space)} }}" : tap.Name == usual ? null : name;
    }

    private static string? Dgram(DgramPlace ends)
    {
        (string Key, string? End)[] both = [("local", ends.Local), ("remote", ends.Remote)];
        string[] parts = [.. both.Where(p => p.End is not null).Select(p => $"{p.Key}: {YamlWord.Of(p.End!)}")];
        return parts.Length == 0 ? null : $"{{ {string.Join(", ", parts)} }}";
    }

    private static string? VhostUser(VhostUserPlace place)
    {
        List<string> parts = [];
        if (place.Socket is { } socket)
        {
            parts.Add($"socket: {YamlWord.Of(socket)}");
        }
        if (place.Role == VhostUserRole.Client)
        {
            parts.Add("role: client");
        }
        if (place.Queues != 1)
        {
            parts.Add($"queues: {place.Queues.ToString(CultureInfo.InvariantCulture)}");
        }
        return parts is [var only] && place.Socket is { } alone && only.StartsWith("socket", StringComparison.Ordinal) ? YamlWord.Of(alone)
            : parts.Count == 0 ? null : $"{{ {string.Join(", ", parts)} }}";
    }
}
