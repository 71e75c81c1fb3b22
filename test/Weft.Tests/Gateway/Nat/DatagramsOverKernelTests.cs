using System.Net;
using System.Net.Sockets;
using Weft.Engine;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat;

/// <summary>What the simulator claims of datagram sockets, asked of the kernel itself, over loopback.</summary>
public sealed class DatagramsOverKernelTests : IDisposable
{
    private readonly KernelScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_datagram_goes_to_the_hosts_loopback_and_a_large_answer_comes_back()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        Send(PortOf(server), 1000);
        IPEndPoint? from = null;
        Assert.Equal(1000, server.Receive(ref from).Length);
        byte[] answer = new byte[9001];
        Pattern.Fill(answer, 0);
        server.Send(answer, from);
        Assert.True(_scene.Until(() => _scene.Side.Sent.Count == 7));
        byte[] whole = [.. _scene.Side.Sent.SelectMany(packet => packet.Payload)];
        Assert.True(Checksum.IsRight(Checksum.Sum(whole, Checksum.Pseudo(KernelScene.Gateway, KernelScene.Guest.Address, IpProtocol.Udp, whole.Length))));
        Assert.Equal(answer, whole[UdpView.Size..]);
    }

    [Fact]
    public void A_closed_port_is_told_and_does_not_fail_what_follows()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        ushort closed;
        using (var gone = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0)))
        {
            closed = PortOf(gone);
        }
        Send(closed, 40);
        Send(PortOf(server), 3);
        IPEndPoint? from = null;
        Assert.Equal(3, server.Receive(ref from).Length);
        Assert.True(_scene.Until(() => _scene.Errors.Sent.Count == 1));
        SentError error = _scene.Errors.Sent[0];
        Assert.Equal((IcmpView.Unreachable, IcmpView.CodePortUnreachable, KernelScene.Gateway), (error.Type, error.Code, error.From));
        Assert.Equal(Ipv4View.Size + UdpView.Size + 40, error.Offending.Length);
    }

    [Fact]
    public void An_ended_ephemeral_socket_has_lost_its_port()
    {
        int socket = _scene.Sockets.OpenUdp(default);
        Assert.NotEqual(0, _scene.Sockets.LocalEnd(socket).Port);
        _scene.Sockets.Abort(socket);
        Assert.Equal(0, _scene.Sockets.LocalEnd(socket).Port);
        _scene.Sockets.Close(socket);
    }

    [Fact]
    public void A_ping_is_answered_by_who_it_was_sent_to_or_forbidden_and_said()
    {
        if (KernelScene.OwnAddress is not { } own)
        {
            return;
        }
        _scene.Packet.Echo(KernelScene.Guest.Address, own, identifier: 0x1234, sequence: 7, [1, 2, 3, 4]);
        _scene.GivePing();
        if (_scene.Ping.IsForbidden)
        {
            return;
        }
        Assert.True(_scene.Until(() => _scene.Side.Sent.Count == 1));
        SentPacket packet = _scene.Side.Sent[0];
        Assert.Equal(own, packet.Ip.Source);
        Assert.True(Checksum.IsRight(Checksum.Sum(packet.Payload)));
        Assert.Equal([0, 0, 0x12, 0x34, 0, 7, 1, 2, 3, 4], [.. packet.Payload[..2], .. packet.Payload[4..]]);
    }

    private void Send(ushort port, int length)
    {
        _scene.Packet.Udp(KernelScene.Guest, new HostEnd(KernelScene.Gateway, port), new byte[length]);
        _scene.GiveUdp();
    }

    private static ushort PortOf(UdpClient client) => (ushort)((IPEndPoint)client.Client.LocalEndPoint!).Port;
}
