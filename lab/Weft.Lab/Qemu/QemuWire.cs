using Weft.Model.Api;

namespace Weft.Lab.Qemu;

/// <summary>One of QEMU's own wires: how a topology has it, and the arguments of a QEMU at its other end.</summary>
/// <param name="Attachment">As a NIC of a file has it, <c>HERE</c> for a folder and <c>PORT</c> for a free port.</param>
/// <param name="Netdev">As -netdev has it, <c>PATH</c> for where Weft is.</param>
internal sealed record QemuWire(string Attachment, string Netdev)
{
    /// <summary>The ways in, by their names.</summary>
    public static QemuWire Of(string name) => name switch
    {
        "unix" => new("attach: stream", "stream,id=n0,addr.type=unix,addr.path=PATH"),
        "tcp" => new("stream: ':PORT'", "stream,id=n0,addr.type=inet,addr.host=HOST,addr.port=PORT"),
        "qemu-listens" => new("stream: { connect: HERE/qemu.sock }", "stream,id=n0,server=on,addr.type=unix,addr.path=PATH"),
        "qemu-listens-tcp" => new("stream: { connect: ':PORT' }", "stream,id=n0,server=on,addr.type=inet,addr.host=HOST,addr.port=PORT"),
        "socket" => new("stream: ':PORT'", "socket,id=n0,connect=PATH"),
        "dgram" => new("attach: dgram", "dgram,id=n0,local.type=unix,local.path=REMOTE,remote.type=unix,remote.path=PATH"),
        "udp" => new("dgram: { local: ':PORT', remote: ':OTHER' }", "dgram,id=n0,local.type=inet,local.host=127.0.0.1,local.port=REMOTE,remote.type=inet,remote.host=HOST,remote.port=PORT"),
        "socket-udp" => new("dgram: { local: ':PORT', remote: ':OTHER' }", "socket,id=n0,udp=PATH,localaddr=127.0.0.1:REMOTE"),
        _ => throw new ArgumentException(name),
    };

    public string Topology(WeftHome home) =>
        $"networks: {{ lab: nat-network }}\nvms: {{ alpha: [{{ net: lab, {Attachment.Replace("HERE", home.Folder.File("")).Replace("//", "/").Replace("PORT", $"{FreePort.Tcp()}").Replace("OTHER", $"{FreePort.Tcp()}")} }}] }}\n";

    public string NetdevAt(PortDocument port) => Netdev.Replace("REMOTE", port.Remote?.Split(':')[^1]).Replace("PATH", port.Path)
        .Replace("HOST", port.Path.Split(':')[0]).Replace("PORT", port.Path.Split(':')[^1]);

    public string[] LinesAt(PortDocument port) => ["-m 192", $"-netdev {NetdevAt(port)}", $"-device virtio-net-pci,netdev=n0,mac={port.Mac}"];
}
