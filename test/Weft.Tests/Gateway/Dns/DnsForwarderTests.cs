using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Dns;
using Weft.Gateway.Names;
using Weft.Wire;
using Weft.Wire.Dns;
using static Weft.Tests.Gateway.Dns.DnsMessages;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dns;

/// <summary>Proxy and forwarder on a lane in virtual time, over sockets in memory.</summary>
public sealed unsafe class DnsForwarderTests : IDisposable
{
    private static readonly HostEnd Guest = new(Ip("10.20.0.15"), 5353);
    private static readonly HostEnd First = new(Ip("127.0.0.53"), 53);
    private static readonly HostEnd Second = new(Ip("192.0.2.53"), 53);

    private readonly FakeUdpHost _host = new();
    private readonly ManualTime _time = new();
    private readonly Lane _lane;
    private readonly GuestSide _guests = new();
    private readonly DnsProxy _proxy;

    public DnsForwarderTests()
    {
        _lane = new Lane(_host, _time);
        _proxy = new DnsProxy(_guests, new NameTable(), _lane, _host, new Random(1));
        _proxy.Forwarder.Upstreams.Replace([First, Second]);
    }

    private FakeUdpHost.Sent Last => _host.Outgoing[^1];

    public void Dispose()
    {
        _proxy.Dispose();
        Assert.Equal(0, _host.OpenCount);
        _lane.Dispose();
    }

    [Fact]
    public void A_query_goes_out_under_a_new_id_and_its_answer_comes_back_under_the_old()
    {
        byte[] query = Query("eXample.com", opt: 0);
        Assert.Equal(DropReason.None, _proxy.OnQuery(Guest, query));
        Assert.Equal(First, Last.To);
        Assert.NotEqual(0x1234, Last.Id);
        Assert.Equal(query[2..], Last.Bytes[2..]);
        byte[] answer = AnswerTo(Last.Bytes, extra: 40);
        Arrive(First, answer);
        (IpAddress to, ushort port, byte[] bytes) = Assert.Single(_guests.Sent);
        Assert.Equal((Guest.Address, Guest.Port), (to, port));
        Assert.Equal(0x1234, bytes[0] << 8 | bytes[1]);
        Assert.Equal(answer[2..], bytes[2..]);
        Assert.Equal(0, _proxy.Forwarder.Count);
    }

    [Fact]
    public void Forgeries_are_not_believed()
    {
        _proxy.OnQuery(Guest, Query("example.com"));
        byte[] good = AnswerTo(Last.Bytes);
        Arrive(Second, good);
        Arrive(new HostEnd(First.Address, 54), good);
        byte[] otherId = (byte[])good.Clone();
        otherId[1] ^= 1;
        Arrive(First, otherId);
        byte[] otherQuestion = (byte[])good.Clone();
        otherQuestion[13] ^= 1;
        Arrive(First, otherQuestion);
        Arrive(First, Last.Bytes);
        Arrive(First, good[..11]);
        byte[] noQuestion = [good[0], good[1], 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Arrive(First, noQuestion);
        Assert.Empty(_guests.Sent);
        Assert.Equal(6ul, _proxy.Forwarder.Unmatched);
        Arrive(First, good);
        Assert.Single(_guests.Sent);
        Arrive(First, good);
        Assert.Single(_guests.Sent);
    }

    [Fact]
    public void An_answer_in_other_case_is_the_same_question()
    {
        _proxy.OnQuery(Guest, Query("eXaMple.com"));
        byte[] answer = AnswerTo(Last.Bytes);
        "\u0007example\u0003com"u8.CopyTo(answer.AsSpan(12));
        Arrive(First, answer);
        Assert.Single(_guests.Sent);
    }

    [Fact]
    public void Silence_asks_the_next_after_two_seconds_and_fails_after_two_more()
    {
        _proxy.OnQuery(Guest, Query("example.com"));
        ushort id = Last.Id;
        Assert.Equal(2_000_000, _lane.NextDeadline() - _lane.Now);
        Wait(1_999_999);
        Assert.Single(_host.Outgoing);
        Wait(1);
        Assert.Equal(Second, Last.To);
        Assert.NotEqual(id, Last.Id);
        Wait(2_000_000);
        Assert.Equal(DnsCode.ServerFailure, (DnsCode)(Assert.Single(_guests.Sent).Bytes[3] & 15));
        Assert.Equal(0x12, _guests.Sent[0].Bytes[0]);
        Assert.Equal(0, _proxy.Forwarder.Count);
    }

    [Fact]
    public void Servfail_asks_the_next_and_the_last_word_is_passed_on()
    {
        _proxy.OnQuery(Guest, Query("example.com"));
        Arrive(First, AnswerTo(Last.Bytes, DnsCode.ServerFailure));
        Assert.Equal((2, Second), (_host.Outgoing.Count, Last.To));
        Assert.Empty(_guests.Sent);
        Arrive(Second, AnswerTo(Last.Bytes, DnsCode.Refused));
        Assert.Equal(DnsCode.Refused, (DnsCode)(Assert.Single(_guests.Sent).Bytes[3] & 15));
    }

    [Fact]
    public void A_refused_port_asks_the_next_at_once_and_is_passed_over_for_a_while()
    {
        _proxy.OnQuery(Guest, Query("example.com"));
        _host.Refuse(Last);
        _lane.Turn(mayWait: false);
        Assert.Equal(Second, Last.To);
        Assert.Equal(Second, _proxy.Forwarder.Upstreams.Current(_lane.Now));
        _proxy.OnQuery(Guest, Query("example.org", id: 7));
        Assert.Equal(Second, Last.To);
        Wait(10_000_000);
        Assert.Equal(First, _proxy.Forwarder.Upstreams.Current(_lane.Now));
    }

    [Fact]
    public void With_nobody_to_ask_the_guest_is_told_at_once()
    {
        _host.Unreachable[First.Address] = -101;
        _proxy.OnQuery(Guest, Query("example.com"));
        Assert.Equal(Second, Last.To);
        _host.Unreachable[Second.Address] = -101;
        Assert.Equal(DropReason.DnsNoUpstream, _proxy.OnQuery(Guest, Query("example.org", id: 8)));
        Assert.Equal(DnsCode.ServerFailure, (DnsCode)(Assert.Single(_guests.Sent).Bytes[3] & 15));
        _proxy.Forwarder.Upstreams.Replace([]);
        Assert.Equal(DropReason.DnsNoUpstream, _proxy.OnQuery(Guest, Query("example.net", id: 9)));
        Assert.Equal(2, _guests.Sent.Count);
        Assert.Equal(default, _proxy.Forwarder.Upstreams.Current(_lane.Now));
    }

    [Fact]
    public void Without_descriptors_the_guest_is_told_at_once()
    {
        _host.RefuseOpen = true;
        Assert.Equal(DropReason.DnsNoUpstream, _proxy.OnQuery(Guest, Query("example.com")));
        Assert.Single(_guests.Sent);
    }

    [Fact]
    public void A_network_that_leads_nowhere_refuses()
    {
        _guests.Facts = Facts with { Flags = NetworkFlags.Dns };
        _proxy.OnQuery(Guest, Query("example.com"));
        Assert.Empty(_host.Outgoing);
        Assert.Equal(DnsCode.Refused, (DnsCode)(Assert.Single(_guests.Sent).Bytes[3] & 15));
    }

    [Fact]
    public void A_replaced_list_is_followed_by_queries_under_way()
    {
        _proxy.OnQuery(Guest, Query("example.com"));
        var third = new HostEnd(Ip("192.0.2.99"), 53);
        _proxy.Forwarder.Upstreams.Replace([third]);
        Wait(2_000_000);
        Assert.Equal(third, Last.To);
        Arrive(third, AnswerTo(Last.Bytes));
        Assert.Single(_guests.Sent);
    }

    [Fact]
    public void A_repeated_query_is_the_same_one_and_each_guest_has_its_share()
    {
        _proxy.OnQuery(Guest, Query("example.com"));
        Assert.Equal(DropReason.None, _proxy.OnQuery(Guest, Query("example.com")));
        Assert.Single(_host.Outgoing);
        for (ushort i = 1; i < 32; i++)
        {
            Assert.Equal(DropReason.None, _proxy.OnQuery(Guest, Query("example.com", id: i)));
        }
        Assert.Equal(DropReason.FlowLimit, _proxy.OnQuery(Guest, Query("example.com", id: 99)));
        var other = new HostEnd(Ip("10.20.0.16"), 5353);
        Assert.Equal(DropReason.None, _proxy.OnQuery(other, Query("example.com")));
        Assert.Equal(33, _host.Outgoing.Select(sent => sent.Id).Distinct().Count());
        Assert.True(_host.Outgoing.Select(sent => sent.Socket).Distinct().Count() > 4);
    }

    [Fact]
    public void The_table_is_bounded_and_sockets_close_when_idle()
    {
        for (uint i = 0; i < 500; i++)
        {
            _proxy.OnQuery(new HostEnd(IpAddress.FromV4(0x0a140010 + i), 53), Query("example.com"));
        }
        Assert.Equal(DnsForwarder.Capacity, _proxy.Forwarder.Count);
        Assert.Equal(DnsSockets.Count, _host.OpenCount);
        Wait(2_000_000);
        Wait(2_000_000);
        Assert.Equal(0, _proxy.Forwarder.Count);
        Wait(30_000_000);
        Assert.Equal(0, _host.OpenCount);
        Assert.Equal(long.MaxValue, _lane.NextDeadline());
        _proxy.OnQuery(Guest, Query("example.com"));
        Arrive(Last.To, AnswerTo(Last.Bytes));
        Assert.Equal(DnsCode.NoError, (DnsCode)(_guests.Sent[^1].Bytes[3] & 15));
    }

    [Fact]
    public void An_answer_larger_than_the_mtu_is_cut_with_tc()
    {
        _proxy.OnQuery(Guest, Query("example.com"));
        Arrive(First, AnswerTo(Last.Bytes, extra: 2000));
        byte[] bytes = Assert.Single(_guests.Sent).Bytes;
        Assert.Equal(12 + 13 + 4, bytes.Length);
        Assert.Equal(0x82, bytes[2] & 0x82);
    }

    [Fact]
    public void Forwarding_allocates_nothing()
    {
        byte[] query = Query("example.com");
        // The fake host allocates, so only the table's own work is counted: a query that is under way already.
        _proxy.OnQuery(Guest, query);
        Assert.Equal(0, Allocated.By(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                _proxy.OnQuery(Guest, query);
            }
        }));
    }

    private void Arrive(HostEnd from, byte[] bytes)
    {
        _host.Arrive(Last.Socket, from, bytes);
        _lane.Turn(mayWait: false);
    }

    private void Wait(long micros)
    {
        _time.Micros += micros;
        _lane.Turn(mayWait: false);
    }

    private sealed class ManualTime : TimeProvider
    {
        public long Micros { get; set; } = 1_000_000;

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => Micros;
    }

    /// <summary>Checks each packet and keeps its UDP payload.</summary>
    private sealed class GuestSide : IGuestSide
    {
        private readonly byte[] _packet = GC.AllocateArray<byte>(2000, pinned: true);

        public NetworkFacts Facts { get; set; } = TestNetwork.Facts;

        public List<(IpAddress To, ushort Port, byte[] Bytes)> Sent { get; } = [];

        public int RoomToward(IpAddress guest) => 64;

        public void Wake()
        {
        }

        public byte* Rent(int l3Length) => (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref _packet[0]);

        public void Send(IpAddress guest, int l3Length, in Offload offload)
        {
            Assert.True(Ipv4View.TryParse(_packet.AsSpan(0, l3Length), out Ipv4View ip));
            Assert.True(ip.HeaderChecksumIsRight);
            Assert.Equal(Facts.Dns, ip.Source);
            Assert.True(UdpView.TryParse(ip.Payload, out UdpView udp));
            Assert.True(Checksum.IsRight(Checksum.Sum(ip.Payload, Checksum.Pseudo(ip.Source, ip.Destination, 17, ip.Payload.Length))));
            Assert.Equal(53, udp.SourcePort);
            Sent.Add((ip.Destination, udp.DestinationPort, udp.Payload.ToArray()));
        }
    }
}
