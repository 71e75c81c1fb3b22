using Weft.Endpoints.Tap;
using Weft.Engine;
using Weft.Linux;
using Weft.Linux.Taps;
using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints;

/// <summary>A TAP in a namespace of its own, and a packet socket on it in the place of a guest.</summary>
public sealed unsafe class TapRig : EndpointRig
{
    private const int LongestMtu = 65_521;

    private static int s_count;

    private readonly string _space = $"weft-rig-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
    private readonly int _tap;
    private readonly PacketSocket _guest;
    private TapEndpoint _endpoint;

    public TapRig()
    {
        Commands.Run("ip", "netns", "add", _space);
        Commands.Run("ip", "netns", "exec", _space, "sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        _tap = TapOpener.Open(new TapRequest("weft0") { Namespace = "/run/netns/" + _space, Mtu = LongestMtu }, out string problem);
        Assert.True(_tap >= 0, problem);
        _guest = new PacketSocket("/run/netns/" + _space, "weft0");
        _endpoint = Make();
        Turn();
        Turn();
        Forwarder.Frames.Clear();
    }

    public int Tap => _tap;

    public TapEndpoint Device => _endpoint;

    public string Space => _space;

    public override IEndpoint Endpoint => _endpoint;

    // What the interface allows: 65,535 with its own header.
    public override int LongFrame => LongestMtu + 14;

    public override bool PeerSends(ReadOnlySpan<byte> frame) => _guest.Send(frame);

    public override byte[]? PeerReceives() => _guest.Receive();

    public override void PeerGoes() => Commands.Run("ip", "-n", _space, "link", "del", "weft0");

    public override void TakeOver()
    {
        _endpoint.Dispose();
        _endpoint = Make();
    }

    public override void Dispose()
    {
        base.Dispose();
        _guest.Dispose();
        FileCalls.Close(_tap);
        Commands.Run("ip", "netns", "del", _space);
    }

    private TapEndpoint Make()
    {
        TapEndpoint endpoint = new(Port, _tap, new ReceiveArena(Region, ReceiveShape.Tap));
        Port.Attach(endpoint);
        Assert.Equal(0, endpoint.Start());
        return endpoint;
    }
}
