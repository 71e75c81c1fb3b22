using System.Net;
using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// A VBoxManage command for each NIC, for a VM of the same name that is switched off. VirtualBox's generic driver UDPTunnel
/// sends each frame as one datagram, without a header: what 'attach: dgram' is. It is bound to all addresses of the host.
/// </summary>
internal static class VirtualBoxLines
{
    public static readonly Purpose Purpose = new("virtualbox", "VirtualBox",
        "'attach: dgram' between UDP ports: 'dgram: { local: 127.0.0.1:5000, remote: 127.0.0.1:5001 }'")
    {
        Fits = port => port.Attachment == AttachmentKind.Dgram && SocketText.TryParse(port.Path, out _),
        Lines = (ports, _) =>
        [
            $"# for a VM that is powered off; where VirtualBox has another name for it, put that in place of {ports[0].Guest}",
            .. ports.Select(p => p.Model).Where(m => m.VirtualBoxIsNearest).Distinct()
                .Select(m => $"# VirtualBox has no {m.Chip}: {m.VirtualBox} is the nearest that it has"),
            .. ports.Select(LineOf),
        ],
    };

    private static string LineOf(PlanePort port)
    {
        int n = AttachLines.Number(port);
        _ = SocketText.TryParse(QemuNetdev.WithHost(port.Path), out IPEndPoint weft);
        _ = SocketText.TryParse(port.Remote ?? "", out IPEndPoint guest);
        return $"VBoxManage modifyvm {port.Guest} --nic{n} generic --nicgenericdrv{n} UDPTunnel --nicproperty{n} dest={weft.Address} " +
            $"--nicproperty{n} dport={weft.Port} --nicproperty{n} sport={guest.Port} --nictype{n} {port.Model.VirtualBox} " +
            $"--macaddress{n} {port.Mac.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant()} --cableconnected{n} on";
    }
}
