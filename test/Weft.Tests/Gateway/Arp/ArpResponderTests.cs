using Weft.Engine;
using Weft.Gateway.Arp;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Arp;

public sealed unsafe class ArpResponderTests : IDisposable
{
    private static readonly MacAddress Guest = Mac("52:54:00:00:00:0a");

    private readonly NeighbourTable _neighbours = new(16);
    private readonly ArpResponder _responder = new();
    private readonly byte[] _reply = new byte[ArpFrame.MaxSize];

    public void Dispose() => _neighbours.Dispose();

    [Theory]
    [InlineData("10.20.0.1")]
    [InlineData("10.20.0.3")]
    public void A_request_for_ours_is_answered_and_teaches(string target)
    {
        ArpOutcome outcome = Handle(Frame(ArpView.Request, Guest, "10.20.0.9", target, vlan: 5));
        Assert.Equal(46, outcome.Length);
        Assert.True(EthernetView.TryParse(_reply.AsSpan(0, outcome.Length), out EthernetView ethernet));
        Assert.Equal((Guest, GatewayMac, (ushort)5), (ethernet.Destination, ethernet.Source, ethernet.Vlan));
        Assert.True(ArpView.TryParse(ethernet.Payload, out ArpView arp));
        Assert.Equal(ArpView.Reply, arp.Operation);
        Assert.Equal((GatewayMac, Ip(target)), (arp.SenderMac, arp.SenderIp));
        Assert.Equal((Guest, Ip("10.20.0.9")), (arp.TargetMac, arp.TargetIp));
        Assert.True(_neighbours.TryFind(Ip("10.20.0.9"), out Neighbour neighbour));
        Assert.Equal((Guest, (ushort)5), (neighbour.Mac, neighbour.Vlan));
    }

    [Fact]
    public void A_probe_for_a_guests_address_gets_no_word_and_teaches_nothing()
    {
        Assert.Equal(default, Handle(Frame(ArpView.Request, Guest, "0.0.0.0", "10.20.0.9")));
        Assert.Equal(0, _neighbours.Count);
    }

    [Fact]
    public void A_probe_for_ours_is_told_that_it_is_in_use() =>
        Assert.Equal(42, Handle(Frame(ArpView.Request, Guest, "0.0.0.0", "10.20.0.1")).Length);

    [Theory]
    [InlineData(ArpView.Request)]
    [InlineData(ArpView.Reply)]
    public void An_announcement_teaches(ushort operation)
    {
        Assert.Equal(new ArpOutcome(0, DropReason.None) { Change = NeighbourChange.Added }, Handle(Frame(operation, Guest, "10.20.0.9", "10.20.0.9")));
        Assert.True(_neighbours.TryFind(Ip("10.20.0.9"), out _));
    }

    [Fact]
    public void Who_claims_our_address_meets_one_defence_in_ten_seconds()
    {
        byte[] claim = Frame(ArpView.Request, Guest, "10.20.0.1", "10.20.0.1");
        ArpOutcome first = Handle(claim, 0);
        Assert.True(first is { IsConflict: true, Length: 42 });
        Assert.True(MacAddress.Read(_reply).IsBroadcast);
        Assert.True(Handle(claim, 9_999_999) is { IsConflict: true, Length: 0 });
        Assert.True(Handle(claim, 10_000_000) is { IsConflict: true, Length: 42 });
        Assert.Equal(0, _neighbours.Count);
    }

    [Fact]
    public void A_sender_that_is_not_the_frames_source_is_answered_but_not_learned()
    {
        byte[] frame = Frame(ArpView.Request, Guest, "10.20.0.9", "10.20.0.1");
        frame[11] ^= 1;
        Assert.Equal(42, Handle(frame).Length);
        Assert.Equal(0, _neighbours.Count);
    }

    [Fact]
    public void Answering_allocates_nothing()
    {
        byte[] request = Frame(ArpView.Request, Guest, "10.20.0.9", "10.20.0.1");
        Handle(request);
        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                Handle(request, i);
            }
        }));
    }

    [Fact]
    public void Every_cut_and_every_random_packet_is_a_named_drop_or_silence()
    {
        byte[] whole = Frame(ArpView.Request, Guest, "10.20.0.9", "10.20.0.1");
        for (int length = 0; length < whole.Length; length++)
        {
            ArpOutcome outcome = Handle(whole[..length]);
            Assert.True(outcome is { Length: 0, Reason: DropReason.Truncated or DropReason.BadHeader });
        }
        var random = new Random(2);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = Frame(ArpView.Request, Guest, "10.20.0.9", "10.20.0.1");
            random.NextBytes(bytes.AsSpan(random.Next(12, bytes.Length)));
            Handle(bytes[..random.Next(bytes.Length + 1)]);
        }
    }

    private ArpOutcome Handle(byte[] frame, long now = 0)
    {
        fixed (byte* to = _reply)
        {
            return _responder.Handle(Facts, _neighbours, frame, to, now);
        }
    }

    private static byte[] Frame(ushort operation, MacAddress mac, string sender, string target, ushort vlan = 0)
    {
        byte[] frame = new byte[ArpFrame.MaxSize];
        fixed (byte* at = frame)
        {
            int header = EthernetHeader.Write(at, MacAddress.Broadcast, mac, EtherType.Arp, vlan);
            int length = header + ArpHeader.Write(at + header, operation, (mac, Ip(sender)), (default, Ip(target)));
            return frame[..length];
        }
    }
}
