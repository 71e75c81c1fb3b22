using Weft.Cli.Output;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Tests.Cli;
using Weft.Wire;

namespace Weft.Tests.Daemon;

/// <summary>What <c>weft why</c> says of what stands in the records, and of a worker's answers; every way out is a command that parses.</summary>
public sealed class WhyApiTests : IDisposable
{
    private const string Lab = """
        networks:
          lab: nat-network
          office: nat-network
          inside: internal
        vms:
          alpha: [lab, none]
          beta: [lab, inside]
          gamma: [office]
        forwards: [8080:beta:80]
        """;

    private readonly TestDaemon _daemon = new();

    public WhyApiTests()
    {
        _daemon.Up(Lab);
        foreach (string port in (string[])["alpha:1", "beta:1", "beta:2", "gamma:1"])
        {
            SetCarrier(port, true);
        }
        Lease("alpha:1", 15);
        Lease("beta:1", 16);
        Lease("gamma:1", 15);
    }

    public void Dispose() => _daemon.Dispose();

    [Fact]
    public void A_cable_that_is_out_comes_first()
    {
        _daemon.Client.Post(ApiPaths.PlugOf("alpha", 1, false), ApiJson.Default.ChangeReply);

        WhyDocument why = Why("alpha", "gateway");

        Assert.Equal(("dropped (unplugged)", "weft nic plug alpha:1"), (why.Verdict, why.Try));
    }

    [Fact]
    public void Nobody_at_the_other_end_of_the_cable()
    {
        SetCarrier("alpha:1", false);

        Assert.Equal(("no-carrier", "weft vm args alpha --for qemu"), Reason(Why("alpha:1", "gateway")));
    }

    [Fact]
    public void A_guest_without_an_address_cannot_be_asked_about()
    {
        RecordArray<LeaseRecord> leases = _daemon.Worker.State.Array<LeaseRecord>(SharedArray.Leases);
        leases[0] = default;

        Assert.Equal("no-address", Why("alpha", "gateway").Reason);
    }

    [Theory]
    [InlineData("alpha:2", "gateway", "", "not-attached")]
    [InlineData("alpha", "gamma", "tcp/80", "no-route")]
    [InlineData("beta:2", "1.2.3.4", "tcp/80", "no-route")]
    [InlineData("beta:2", "gateway", "", "no-route")]
    [InlineData("alpha", "no.such.name.invalid", "tcp/80", "no-such-name")]
    [InlineData("alpha", "127.0.0.1", "tcp/80", "own-loopback")]
    [InlineData("outside", "beta", "tcp/80", "no-route")]
    [InlineData("outside", "alpha", "tcp/22", "no-route")]
    [InlineData("outside", "alpha", "icmp", "protocol-unsupported")]
    [InlineData("host", "beta:2", "tcp/22", "no-route")]
    public void What_the_records_say_needs_no_worker(string from, string to, string protocol, string reason)
    {
        Assert.Equal(reason, Reason(Why(from, to, protocol)).Reason);
        Assert.DoesNotContain(CommandKind.Ask, _daemon.Worker.Commands);
    }

    [Fact]
    public void The_question_is_the_frame_that_the_guest_would_send()
    {
        QuestionRecord asked = default;
        _daemon.Worker.Answers = question =>
        {
            asked = question;
            return Translated(FrameFate.NewFlow, "203.0.113.9", 443);
        };

        Why("alpha", "203.0.113.9", "tcp/443");

        Assert.Equal((IdOf("alpha:1"), 0ul, IpProtocol.Tcp, (ushort)443), (asked.PortId, asked.ForwardId, asked.Protocol, asked.Port));
        Assert.Equal(("10.20.0.15", "203.0.113.9", "10.20.0.1"), (asked.Source.ToString(), asked.Destination.ToString(), asked.NextHop.ToString()));
    }

    [Theory]
    [InlineData(DropReason.PolicyLoopback, "weft net set lab host-loopback=allow")]
    [InlineData(DropReason.FlowLimit, "weft explain flow-limit")]
    [InlineData(DropReason.DescriptorLimit, "weft doctor")]
    public void A_gateway_that_drops_has_its_reason_and_a_way_out(DropReason reason, string line)
    {
        _daemon.Worker.Answers = _ =>
        {
            AnswerRecord answer = Translated(FrameFate.None, "0.0.0.0", 0);
            answer.Frame.AtGateway = reason;
            return answer;
        };

        Assert.Equal((DropReasons.Of(reason).Name, line), Reason(Why("alpha", "host", "tcp/80")));
    }

    [Fact]
    public void Nobody_who_listens_on_the_host_is_told()
    {
        _daemon.Worker.Answers = _ => Translated(FrameFate.NewFlow, "127.0.0.1", 1);

        Assert.Equal("host-refused", Reason(Why("alpha", "host", "tcp/1")).Reason);
    }

    [Fact]
    public void A_neighbour_that_takes_it_is_reached()
    {
        _daemon.Worker.Answers = _ => new AnswerRecord
        {
            Arp = new HopRecord { Flooded = 3, Reached = 1 },
            Frame = new HopRecord { Flooded = -1, ToPort = IdOf("beta:1"), Reached = 1 },
        };

        WhyDocument why = Why("alpha", "10.20.0.16", "tcp/80");

        Assert.True(why.Reaches);
        Assert.Equal("alpha:1 10.20.0.15 → beta:1 10.20.0.16 tcp/80", $"{why.From} → {why.To} {why.Protocol}");
        Assert.EndsWith("verdict: reaches port beta:1\n", WhyPicture.Render(why, color: false));
    }

    [Fact]
    public void A_neighbour_whose_queue_is_full_is_not()
    {
        _daemon.Worker.Answers = _ => new AnswerRecord
        {
            Arp = new HopRecord { Flooded = 3, Reached = 1 },
            Frame = new HopRecord { Flooded = -1, ToPort = IdOf("beta:1"), AtPort = DropReason.PortFull },
        };

        Assert.Equal(("port-full", "weft explain port-full"), Reason(Why("alpha", "beta")));
    }

    [Fact]
    public void The_host_reaches_a_guest_by_its_forward()
    {
        _daemon.Worker.Answers = question => new AnswerRecord
        {
            Guest = Address(16),
            GuestMac = new MacAddress(0x5254_0000_0001),
            Frame = new HopRecord { Flooded = -1, ToPort = question.WantedId, Reached = question.ForwardId == 0 ? (byte)0 : (byte)1 },
        };

        Assert.True(Why("host", "beta", "tcp/80").Reaches);
    }

    [Theory]
    [InlineData("alpha", "nobody", "", ErrorCode.UnknownVm)]
    [InlineData("alpha:7", "gateway", "", ErrorCode.UnknownNic)]
    [InlineData("alpha", "beta", "tcp", ErrorCode.Usage)]
    [InlineData("gateway", "alpha", "", ErrorCode.Usage)]
    public void What_is_typed_wrong_is_refused(string from, string to, string protocol, string code)
    {
        CommandException refused = Assert.Throws<CommandException>(() => Why(from, to, protocol));
        Assert.Equal(code, TryLine.Checked(refused.Error).Code);
    }

    private static AnswerRecord Translated(FrameFate fate, string address, ushort port)
    {
        Assert.True(IpAddress.TryParse(address, out IpAddress host));
        return new AnswerRecord
        {
            Arp = new HopRecord { Flooded = 2, ToGateway = 1, Fate = FrameFate.ArpAnswered, Reached = 1 },
            Frame = new HopRecord { Flooded = -1, ToGateway = 1, Fate = fate, HostAddress = host, HostPort = port, Reached = 1 },
        };
    }

    private WhyDocument Why(string from, string to, string protocol = "") =>
        _daemon.Client.Get(ApiPaths.WhyOf(from, to, protocol), ApiJson.Default.WhyDocument);

    private static (string? Reason, string? Try) Reason(WhyDocument why)
    {
        Assert.False(why.Reaches);
        Assert.Equal(WhyStep.Fail, why.Steps[^1].State);
        if (!why.Try!.StartsWith("weft net set", StringComparison.Ordinal))
        {
            TryLine.Check(why.Try);
        }
        return (why.Reason, why.Try);
    }

    private static IpAddress Address(uint host) => IpAddress.FromV4(0x0a14_0000 + host);

    private int IndexOf(string port) => Enumerable.Range(0, 8).First(i => _daemon.Worker.Ports[i].Name.ToString() == port);

    private ulong IdOf(string port) => _daemon.Worker.Ports[IndexOf(port)].Id;

    private void SetCarrier(string port, bool up)
    {
        RecordArray<PortCounters> counters = _daemon.Worker.State.Array<PortCounters>(SharedArray.PortCounters);
        counters[(int)_daemon.Worker.Ports[IndexOf(port)].CounterIndex].Carrier = up ? 1UL : 0UL;
    }

    private void Lease(string port, uint host)
    {
        RecordArray<LeaseRecord> leases = _daemon.Worker.State.Array<LeaseRecord>(SharedArray.Leases);
        PortRecord record = _daemon.Worker.Ports[IndexOf(port)];
        int free = Enumerable.Range(0, leases.Capacity).First(i => leases[i].NetworkId == 0);
        leases[free] = new LeaseRecord { NetworkId = record.NetworkId, Mac = record.Mac, Address = Address(host), Expires = long.MaxValue };
    }
}
