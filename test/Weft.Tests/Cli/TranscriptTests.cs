using Weft.Engine;
using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Tests.Daemon;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Cli;

/// <summary>Golden: days with the command line, typed and read. The daemon and its API are the real ones.</summary>
[Collection(nameof(CommandLineTests))]
public sealed class TranscriptTests : IDisposable
{
    /// <summary>What happens under a remark of a transcript.</summary>
    private static readonly Dictionary<string, Action<TestDaemon>> Happenings = new()
    {
        ["alpha's guest comes and gets an address"] = GuestComes,
        ["alpha's guest does not keep up"] = GuestLags,
        ["beta answers"] = daemon => daemon.Worker.Answers = _ => new AnswerRecord
        {
            Arp = new HopRecord { Flooded = 2, Reached = 1 },
            Frame = new HopRecord { Flooded = -1, ToPort = daemon.Worker.Ports[1].Id, Reached = 1 },
        },
        ["beta's queue is full"] = daemon => daemon.Worker.Answers = _ => new AnswerRecord
        {
            Arp = new HopRecord { Flooded = 2, Reached = 1 },
            Frame = new HopRecord { Flooded = -1, ToPort = daemon.Worker.Ports[1].Id, AtPort = DropReason.PortFull },
        },
    };

    private readonly TestDaemon _daemon = new();

    public void Dispose() => _daemon.Dispose();

    [Theory]
    [InlineData("networks")]
    [InlineData("stopped")]
    [InlineData("vms")]
    [InlineData("nics")]
    [InlineData("forwards")]
    [InlineData("names")]
    [InlineData("forms")]
    [InlineData("refusals")]
    [InlineData("resolve")]
    [InlineData("files")]
    [InlineData("seeing")]
    [InlineData("guests")]
    [InlineData("shells")]
    public void A_transcript_is_what_is_printed(string name) => new Transcript(_daemon, Happenings).Check(name);

    /// <summary>Both NICs of the network have somebody at their other end, and each an address.</summary>
    private static void GuestComes(TestDaemon daemon)
    {
        for (int i = 0; i < 2; i++)
        {
            PortRecord port = daemon.Worker.Ports[i];
            ref PortCounters counters = ref daemon.Worker.State.Array<PortCounters>(SharedArray.PortCounters)[(int)port.CounterIndex];
            counters.Carrier = 1;
            counters.FramesIn = 1234;
            counters.BytesIn = 5_000_000;
            daemon.Worker.State.Array<LeaseRecord>(SharedArray.Leases)[i] = new LeaseRecord
            {
                NetworkId = port.NetworkId,
                Mac = port.Mac,
                Address = IpAddress.FromV4(0x0a14_000f + (uint)i),
                Expires = long.MaxValue,
            };
        }
        Eventually.True(() => daemon.Client.Get(ApiPaths.EventLog, ApiJson.Default.EventList).Items.Count(e => e.Kind is EventKinds.NicConnected or EventKinds.Lease) == 4,
            "the events of it");
    }

    private static unsafe void GuestLags(TestDaemon daemon) =>
        daemon.Worker.State.Array<PortCounters>(SharedArray.PortCounters)[0].Drops[(int)DropReason.PortFull] = 12_345;
}
