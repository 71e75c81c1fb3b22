using System.Net;
using Weft.Daemon.Host;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Planning;

namespace Weft.Daemon.Workers;

/// <summary>What a refused step means to the person who asked for it: errno and step to three lines.</summary>
internal static class StepErrors
{
    private const int FirstUnprivileged = 1024;

    public static WeftError Of(StepFailedException failure) => failure.Step switch
    {
        PlanStep.AddForward { Forward: var forward } => OfForward(forward.ToForward(), failure),
        PlanStep.AddPort { Port: { Attachment: AttachmentKind.Tap } port } => OfTap(port, failure),
        PlanStep.AddPort { Port: var port } when SocketText.TryParse(port.Path, out IPEndPoint end) => OfPort(port, end, failure),
        PlanStep.AddPort { Port: var port } => OfSocket(port, failure),
        _ => Plain(failure),
    };

    private static WeftError OfForward(Forward forward, StepFailedException failure)
    {
        switch (failure.Errno)
        {
            case Errno.EADDRINUSE:
                string owner = PortOwner.Find(forward) is { } known ? $" ({known})" : "";
                ushort free = PortOwner.NextFree(forward);
                return new WeftError(ErrorCode.PortInUse, $"host port {forward.HostPort} is in use{owner}",
                    $"forward '{forward}' would listen on {forward.Key}, where another program listens; port {free} is free",
                    $"weft forward add {forward with { HostPort = free }}");
            case Errno.EACCES or Errno.EPERM:
                return new WeftError(ErrorCode.PortNotAllowed, $"host port {forward.HostPort} may not be opened by this user",
                    $"ports below {UnprivilegedStart()} need a right that Weft does not have (net.ipv4.ip_unprivileged_port_start)",
                    $"weft forward add {forward with { HostPort = (ushort)(8000 + (forward.HostPort % FirstUnprivileged)) }}");
            case Errno.EADDRNOTAVAIL:
                return new WeftError(ErrorCode.AddressNotHere, $"{forward.Listen} is no address of this host",
                    $"forward '{forward}' cannot listen there; 127.0.0.1 and 0.0.0.0 always work",
                    $"weft forward add {forward with { Listen = IPAddress.Loopback }}");
            default:
                return Plain(failure);
        }
    }

    private static WeftError OfTap(PlanePort port, StepFailedException failure)
    {
        string what = $"the TAP {port.Path} of NIC {port.Name} cannot be opened{(port.Namespace is { } place ? $" in namespace {place}" : "")}";
        return failure.Errno switch
        {
            Errno.EPERM or Errno.EACCES when port.Namespace is null => new WeftError(ErrorCode.TapFailed, what,
                "a TAP in the host's own namespace needs CAP_NET_ADMIN; in a namespace of your own it needs no right",
                $"unshare -Urn sleep infinity & weft nic add {port.Guest} {port.Network ?? NetworkModes.NotAttached} --tap {port.Path} --netns $!"),
            Errno.EBUSY => new WeftError(ErrorCode.TapFailed, what, "another program has it open", $"ip link show {port.Path} && weft up"),
            Errno.ENOENT when port.Namespace is not null => new WeftError(ErrorCode.TapFailed, what,
                $"there is no such namespace ({failure.Detail})",
                $"sudo ip netns add {port.Namespace} && weft up"),
            _ => new WeftError(ErrorCode.TapFailed, what, Reason(failure), "weft status"),
        };
    }

    /// <summary>A NIC whose socket is a port of the host.</summary>
    private static WeftError OfPort(PlanePort port, IPEndPoint end, StepFailedException failure)
    {
        string what = $"the socket {port.Path} of NIC {port.Name} cannot be made";
        ForwardProtocol protocol = port.Attachment == AttachmentKind.Dgram ? ForwardProtocol.Udp : ForwardProtocol.Tcp;
        Forward listening = new(end.Address, (ushort)end.Port, "", 0, protocol);
        return failure.Errno switch
        {
            Errno.EADDRINUSE => new WeftError(ErrorCode.PortInUse, what,
                $"{(PortOwner.Find(listening) is { } owner ? $"{owner}," : "another program")} has that port; {PortOwner.NextFree(listening)} is free", "weft status"),
            Errno.EACCES or Errno.EPERM => new WeftError(ErrorCode.PortNotAllowed, what,
                $"ports below {UnprivilegedStart()} need a right that Weft does not have (net.ipv4.ip_unprivileged_port_start)", "weft status"),
            Errno.EADDRNOTAVAIL => new WeftError(ErrorCode.AddressNotHere, what, $"{end.Address} is no address of this host", "ip -br address && weft up"),
            _ => Plain(failure),
        };
    }

    private static WeftError OfSocket(PlanePort port, StepFailedException failure) => failure.Errno switch
    {
        Errno.ENOSPC when failure.Detail.Contains("bind", StringComparison.Ordinal) => new WeftError(ErrorCode.RunFolderFull,
            $"the socket of NIC {port.Name} cannot be made", $"the disk under {Path.GetDirectoryName(port.Path)} is full",
                "df -h && weft up"),
        Errno.EADDRINUSE when UnixSockets.IsListenedAt(port.Path, SocketConstants.TypeStream) => new WeftError(ErrorCode.BadSocket,
            $"the socket of NIC {port.Name} cannot be made",
            $"{UnixListeners.OwnerOf(port.Path) ?? "another program"} listens at {port.Path}; end it, or give the NIC another one",
            "weft status"),
        Errno.EADDRINUSE => new WeftError(ErrorCode.StepFailed, $"the socket of NIC {port.Name} cannot be made",
            $"something that is not Weft's lies at {port.Path}", $"rm {ShellWord.Of(port.Path)} && weft up"),
        Errno.ENOENT => new WeftError(ErrorCode.StepFailed, $"the socket of NIC {port.Name} cannot be made",
            $"there is no folder {Path.GetDirectoryName(port.Path)}", $"mkdir -p {Folder(port)} && weft up"),
        Errno.EACCES => new WeftError(ErrorCode.StepFailed, $"the socket of NIC {port.Name} cannot be made",
            $"Weft's user may not write in {Path.GetDirectoryName(port.Path)}", $"ls -ld {Folder(port)} && weft up"),
        _ => Plain(failure),
    };

    private static string Folder(PlanePort port) => ShellWord.Of(Path.GetDirectoryName(port.Path) ?? "/");

    private static WeftError Plain(StepFailedException failure) => failure.Errno == Errno.ENOSPC
        ? new WeftError(ErrorCode.TableFull, $"cannot {failure.Step.Text}: the worker's table is full", Reason(failure), "weft status")
        : new WeftError(ErrorCode.StepFailed, $"cannot {failure.Step.Text}", Reason(failure), "weft status");

    private static string Reason(StepFailedException failure) => failure.Detail.Length == 0
        ? Errno.Text(failure.Errno)
        : $"{failure.Detail.ReplaceLineEndings(" ")}: {Errno.Text(failure.Errno)}";

    private static int UnprivilegedStart()
    {
        try
        {
            return int.Parse(File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start").Trim());
        }
        catch (Exception problem) when (problem is IOException or FormatException)
        {
            return FirstUnprivileged;
        }
    }
}
