using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Tests.Simulation;
using Weft.Wire;
using Weft.Worker;

namespace Weft.Tests.Why;

/// <summary>
/// What a question is answered is what then happens to the frame. In each of a thousand worlds a frame is asked about, nothing
/// may have changed, and the same frame is sent on the same state: who gets it, which counter counts, what the host sees.
/// </summary>
public sealed unsafe class WhyTests
{
    private const int Worlds = 1000;

    private readonly Dictionary<string, int> _seen = [];

    [Fact]
    public void What_it_says_is_what_happens()
    {
        for (int seed = 1; seed <= Worlds; seed++)
        {
            Random random = new(seed);
            using WhyWorld world = new(random);
            int guest = Prepare(world, random);
            byte[] frame = RandomFrames.Draw(random, guest);
            Port? wanted = random.Next(2) == 0 ? null : world.Guests[random.Next(world.Guests.Count)];
            wanted = wanted == world.Guests[guest] ? null : wanted;
            string before = world.State();
            HopRecord said = Ask(world, guest, wanted, frame);
            Assert.True(before == world.State(), $"seed {seed}: asking changed something");
            Check(world, guest, wanted, frame, in said, $"seed {seed}: ");
        }
        // Worlds that show one kind of end only would prove little.
        Assert.True(_seen.Count >= 30, string.Join(", ", _seen.OrderBy(kind => kind.Key).Select(kind => $"{kind.Key} {kind.Value}")));
    }

    /// <summary>Guests come up, some leave, somebody floods, time passes.</summary>
    private static int Prepare(WhyWorld world, Random random)
    {
        world.World.Blackholes.Add(IpAddress.FromV4(0xc633_6401));
        for (int i = 0; i < world.Guests.Count; i++)
        {
            if (random.Next(5) > 0)
            {
                world.Send(i, RandomFrames.Hello(i));
            }
        }
        int guest = random.Next(world.Guests.Count);
        for (int i = random.Next(6); i > 0; i--)
        {
            world.Send(guest, RandomFrames.Draw(random, guest));
        }
        int flood = random.Next(6) == 0 ? random.Next(120, 140) : 0;
        for (int i = 0; i < flood; i++)
        {
            world.Send(guest, RandomFrames.Syn(guest, (ushort)(10_000 + i), IpAddress.FromV4(0xc633_6401)));
        }
        if (random.Next(6) == 0)
        {
            world.World.Time.Advance(random.Next(3) * 200_000_000L);
            world.Send(random.Next(world.Guests.Count), RandomFrames.Hello(random.Next(world.Guests.Count)));
        }
        foreach ((Port port, RoomyEndpoint end) in world.Guests.Zip(world.Ends))
        {
            port.CarrierChanged(random.Next(8) > 0);
            port.SetPlugged(random.Next(8) > 0);
            end.Room = random.Next(6) == 0 ? 0 : 32;
            end.Caps = random.Next(8) == 0 ? end.Caps with { MaxFrame = 50 } : end.Caps;
        }
        world.Keeper.IsFull = random.Next(8) == 0;
        return guest;
    }

    private static HopRecord Ask(WhyWorld world, int guest, Port? wanted, byte[] frame)
    {
        byte* memory = (byte*)NativeMemory.AllocZeroed(FrameRef.Headroom + 1024);
        frame.CopyTo(new Span<byte>(memory + FrameRef.Headroom, frame.Length));
        FrameRef asked = new() { Head = memory + FrameRef.Headroom, HeadLength = frame.Length, Length = frame.Length };
        HopRecord said = Inquiry.Ask(world.Switch, world.Router, world.Guests[guest], wanted, in asked);
        NativeMemory.Free(memory);
        return said;
    }

    private void Check(WhyWorld world, int guest, Port? wanted, byte[] frame, in HopRecord said, string where)
    {
        Port from = world.Guests[guest];
        Port? router = world.Router?.Port;
        int[] delivered = [.. world.Ends.Select(end => Count(end, frame))];
        ulong[] drops = [.. world.Guests.Select(WhyWorld.AllDrops)];
        ulong atSwitch = WhyWorld.Drops(from, said.AtSwitch);
        ulong gatewayReason = router is null ? 0 : WhyWorld.Drops(router, said.AtGateway);
        ulong answers = router is null ? 0 : WhyWorld.FramesIn(router);
        ulong gatewayGot = router is null ? 0 : router.Counters->FramesOut;
        ulong[] reasons = router is null ? [] : [.. Enumerable.Range(0, (int)DropReason.Count).Select(i => WhyWorld.Drops(router, (DropReason)i))];
        int flows = world.AllFlows;
        int sent = world.World.Sent.Count;
        HashSet<KernelTcp> connections = [.. world.World.Connections];

        world.Send(guest, frame);

        where += $"{Describe(in said)} ";
        Note(in said);
        int[] got = [.. world.Ends.Select((end, i) => Count(end, frame) - delivered[i])];
        if (said.AtSwitch != DropReason.None)
        {
            Assert.True(WhyWorld.Drops(from, said.AtSwitch) == atSwitch + 1, where + "the switch did not count it");
            Assert.True(got.Sum() == 0 && (router is null || router.Counters->FramesOut == gatewayGot), where + "it went through");
            return;
        }
        CheckPorts(world, guest, wanted, in said, got, drops, where);
        Assert.True(router is null || router.Counters->FramesOut - gatewayGot == said.ToGateway, where + "the gateway's share");
        if (router is null || said.ToGateway == 0)
        {
            return;
        }
        if (said.AtGateway != DropReason.None)
        {
            Assert.True(WhyWorld.Drops(router, said.AtGateway) == gatewayReason + 1, where + "the gateway did not count it");
            Assert.True(world.AllFlows == flows, where + "a flow was made");
            return;
        }
        // What is counted here besides is about the answer: one word too many, or one to a guest that calls itself the gateway.
        DropReason[] dropped = [.. Enum.GetValues<DropReason>().Where(r => r < DropReason.Count && WhyWorld.Drops(router, r) != reasons[(int)r])];
        DropReason aside = said.Fate == FrameFate.TimeExceeded ? DropReason.RateLimited : DropReason.SamePort;
        Assert.True(dropped.All(r => r == aside), where + $"the gateway dropped it: {string.Join(", ", dropped)}");
        bool isAnswered = said.Fate is FrameFate.ArpAnswered or FrameFate.PingAnswered or FrameFate.DnsAnswered or FrameFate.Reset;
        if (isAnswered || said.Fate is FrameFate.Ignored or FrameFate.TimeExceeded or FrameFate.None)
        {
            // Whether ICMP may answer is RFC 1812's business, and a claim of our address is defended: only the plain cases are held.
            bool isQuiet = !isAnswered && said.Fate is FrameFate.None;
            Assert.True(!isAnswered || WhyWorld.FramesIn(router) > answers, where + "no answer");
            Assert.True(!isQuiet || WhyWorld.FramesIn(router) == answers, where + "an answer");
            Assert.True(world.AllFlows == flows, where + "a flow was made");
        }
        else if (said.Fate == FrameFate.NewFlow)
        {
            HostEnd end = new(said.HostAddress, said.HostPort);
            bool isThere = world.World.Connections.Any(c => !connections.Contains(c) && c.Remote == end) ||
                world.World.Sent.Skip(sent).Any(d => d.To == end);
            Assert.True(isThere, where + $"nothing went to {end}");
        }
        else if (said.Fate is FrameFate.KnownFlow or FrameFate.DnsForwarded)
        {
            Assert.True(world.AllFlows <= flows, where + "a flow was made");
        }
    }

    private static void CheckPorts(WhyWorld world, int guest, Port? wanted, in HopRecord said, int[] got, ulong[] drops, string where)
    {
        for (int i = 0; i < got.Length; i++)
        {
            Port port = world.Guests[i];
            bool isAsked = i != guest && (said.Flooded < 0 ? said.ToPort == port.Tag : port == wanted);
            if (isAsked && said.AtPort != DropReason.None)
            {
                // What the gateway answers to all may be dropped there too.
                bool isCounted = WhyWorld.AllDrops(port) > drops[i];
                // A flood passes by ports that are not up, and counts nothing there.
                bool isPassedBy = said.Flooded >= 0 && said.AtPort is DropReason.NoCarrier or DropReason.Unplugged;
                Assert.True(got[i] == 0 && (isCounted || isPassedBy), where + $"port {i} took it");
            }
            else if (isAsked)
            {
                Assert.True(got[i] == 1, where + $"port {i} did not get it");
            }
            else if (said.Flooded < 0)
            {
                Assert.True(got[i] == 0, where + $"port {i} got what was not for it");
            }
        }
        if (said.Flooded >= 0)
        {
            int up = world.Guests.Where((port, i) => i != guest && port.IsUp).Count() + (world.Router is { Port.IsUp: true } ? 1 : 0);
            Assert.True(up == said.Flooded, where + $"flooded to {up}");
        }
    }

    private static int Count(RoomyEndpoint end, byte[] frame) => end.Delivered.Count(d => d.Bytes.AsSpan().SequenceEqual(frame));

    private static string Describe(in HopRecord said) =>
        $"[switch {said.AtSwitch}, flooded {said.Flooded}, port {said.ToPort} {said.AtPort}, gateway {said.ToGateway} {said.AtGateway} {said.Fate}]";

    private void Note(in HopRecord said)
    {
        string[] kinds = [$"switch {said.AtSwitch}", $"port {said.AtPort}", $"gateway {said.AtGateway}", $"fate {said.Fate}", said.Flooded >= 0 ? "flood" : "one"];
        foreach (string kind in kinds)
        {
            _seen[kind] = _seen.GetValueOrDefault(kind) + 1;
        }
    }
}
