using System.Net;
using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// The QEMU end of one NIC's frames: <c>-netdev</c> and, for vhost-user, its <c>-chardev</c>. Where Weft listens QEMU
/// connects, and again each second as far as its version can: chardevs always could and streams from 8.0, by
/// <c>reconnect</c>; from 9.2 both by <c>reconnect-ms</c>, which replaced it.
/// </summary>
internal static class QemuNetdev
{
    private static readonly Version Streams = new(7, 2);
    private static readonly Version StreamsReconnect = new(8, 0);
    private static readonly Version Milliseconds = new(9, 2);

    public static IEnumerable<string> Lines(PlanePort port, string id, Version? qemu) => port.Attachment switch
    {
        AttachmentKind.Stream => [$"-netdev stream,id={id},{StreamOf(port, qemu)}"],
        AttachmentKind.Dgram =>
            [$"-netdev dgram,id={id},{Address("local", port.Remote ?? "")},{Address("remote", WithHost(port.Path))}"],
        _ =>
        [
            $"-chardev socket,id={id},path={Escape(port.Path)},{(port.Dials ? "server=on,wait=off" : Reconnect(qemu))}",
            $"-netdev vhost-user,id={id},chardev={id}{(port.Queues > 1 ? $",queues={port.Queues}" : "")}",
        ],
    };

    /// <summary>What these lines lack because of QEMU's age, or because it is not known.</summary>
    public static IEnumerable<string> Remarks(PlanePort[] ports, Version? qemu)
    {
        bool streams = ports.Any(p => p.Attachment == AttachmentKind.Stream);
        bool waiting = ports.Any(p => p is { Attachment: AttachmentKind.Stream, Dials: false });
        bool frames = streams || ports.Any(p => p.Attachment == AttachmentKind.Dgram);
        if (frames && IsBefore(qemu, Streams))
        {
            yield return $"# -netdev stream and dgram came with QEMU 7.2, and here is {qemu}";
        }
        else if (waiting && qemu is null)
        {
            yield return "# which QEMU will run is not known: behind ',server=off' one from 9.2 takes ',reconnect-ms=1000', one from 8.0 ',reconnect=1'";
        }
        else if (waiting && IsBefore(qemu, StreamsReconnect))
        {
            yield return $"# QEMU {qemu} connects once: Weft has to run before it, and after a 'weft down' it has to be started again";
        }
        if (qemu is null && ports.Any(p => p is { Attachment: AttachmentKind.VhostUser, Dials: false }))
        {
            yield return "# a QEMU from 9.2 has reconnect-ms=1000 in place of -chardev's reconnect=1";
        }
    }

    /// <summary>What is not known is before nothing.</summary>
    internal static bool IsBefore(Version? qemu, Version other) => qemu is not null && qemu < other;

    private static string StreamOf(PlanePort port, Version? qemu)
    {
        string end = Address("addr", port.Dials ? port.Path : WithHost(port.Path));
        return port.Dials ? $"{end},server=on" : $"{end},server=off{(qemu >= StreamsReconnect ? $",{Reconnect(qemu)}" : "")}";
    }

    private static string Reconnect(Version? qemu) => qemu >= Milliseconds ? "reconnect-ms=1000" : "reconnect=1";

    private static string Address(string name, string end) => SocketText.TryParse(end, out IPEndPoint at)
        ? $"{name}.type=inet,{name}.host={at.Address},{name}.port={at.Port}"
        : $"{name}.type=unix,{name}.path={Escape(end)}";

    /// <summary>Who listens on all addresses is met at the host's own.</summary>
    internal static string WithHost(string end) => SocketText.TryParse(end, out IPEndPoint at) && at.Address.Equals(IPAddress.Any)
        ? $"{IPAddress.Loopback}:{at.Port}"
        : end;

    private static string Escape(string path) => path.Replace(",", ",,", StringComparison.Ordinal);
}
