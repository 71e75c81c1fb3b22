using System.Diagnostics;
using Weft.Engine;
using Weft.Tests.Engine;
using Weft.Wire;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>
/// Theory. Rounds of random lies, each with a seed of its own: a front end comes, is honest for a while or not at all, then
/// messages (<see cref="FuzzMessages"/>) and ring states (<see cref="FuzzRings"/>), each a true one with something changed,
/// alternate with turns, frames into the guest, and broken connections. After each round
///   no exception has come out of a turn or a delivery (it would have ended the round)
///   the guards around guest memory are whole, the neighbour's too
///   the neighbour on the same lane carries frames
/// and after some rounds a front end that comes anew and is honest carries frames as well.
/// A failure names its round's seed: <c>WEFT_FUZZ_SEED</c> begins there.
/// </summary>
public sealed class VhostFuzz : IDisposable
{
    private const int ActionsPerRound = 60;
    private const int RoundsPerHonestGuest = 10;

    private static readonly DriverOptions s_options = new() { Memory = [(0x4000_0000, 1 << 20)], RingSize = 64, Buffers = 32, BufferSize = 1600 };

    /// <summary>Rounds are about rings, about messages, or about both.</summary>
    private static readonly int[] s_messagesInHundred = [0, 0, 3, 10, 40];

    private readonly VhostRig _rig = new(s_options);
    private readonly FuzzFiles _files = new();

    public VhostFuzz() => _rig.Forwarder.DuringTurn = ToNeighbour;

    private long _out;

    /// <summary>Actions so far: messages, ring states, turns, frames.</summary>
    public long Executions { get; private set; }

    public int Rounds { get; private set; }

    /// <summary>What came of it: frames that passed, and drops by reason.</summary>
    public unsafe string Outcome => $"{_out} frames out, {_rig.Main.Port.Counters->FramesOut} in; " +
        string.Join(", ", _rig.Main.Drops().Select((count, i) => $"{(DropReason)i} {count}").Where(drop => !drop.EndsWith(" 0", StringComparison.Ordinal)));

    /// <summary>Runs rounds from <paramref name="seed"/> on until the time is over; the seed behind the last.</summary>
    public int Run(int seed, TimeSpan time)
    {
        Stopwatch watch = Stopwatch.StartNew();
        do
        {
            try
            {
                Round(seed);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"WEFT_FUZZ_SEED={seed}, execution {Executions}: {exception.Message}", exception);
            }
            seed++;
        }
        while (watch.Elapsed < time);
        return seed;
    }

    public void Dispose()
    {
        _rig.Dispose();
        _files.Dispose();
    }

    private void Round(int seed)
    {
        Random random = new(seed);
        Begin(random);
        FuzzMessages messages = new(_rig.Driver, random, _files);
        FuzzRings rings = new(_rig.Driver, random);
        int messagesInHundred = s_messagesInHundred[random.Next(s_messagesInHundred.Length)];
        // A round goes on for a few actions after its connection has ended.
        for (int i = 0, late = 0; i < ActionsPerRound && late < 4; i++)
        {
            Executions++;
            Act(random, random.Next(100) < messagesInHundred ? messages : null, rings);
            late += _rig.Main.Vhost.Connection < 0 ? 1 : 0;
        }
        _rig.Turns(2);
        _rig.Driver.Memory.AssertGuards();
        _rig.Neighbour.Driver.Memory.AssertGuards();
        while (_rig.Neighbour.Driver.TakeFrame() is not null)
        {
        }
        _rig.Neighbour.AssertCarriesFrames();
        _rig.NeighbourForwarder.Frames.Clear();
        if (++Rounds % RoundsPerHonestGuest == 0)
        {
            _rig.Main.Replug(s_options);
            _rig.Forwarder.DuringTurn = null;
            _rig.Main.AssertCarriesFrames();
            _rig.Forwarder.DuringTurn = ToNeighbour;
        }
        _out += _rig.Forwarder.Frames.Count;
        _rig.Forwarder.Frames.Clear();
        _rig.Forwarder.Carrier.Clear();
    }

    /// <summary>A front end that has done a part of what a sane one does, most often all of it.</summary>
    private void Begin(Random random)
    {
        _rig.Main.Unplug();
        DeviceFeatures features = DeviceFeatures.Usual | DeviceFeatures.InOrder;
        for (int i = random.Next(4); i > 0; i--)
        {
            features &= ~(DeviceFeatures)(1UL << random.Next(64)) | DeviceFeatures.ProtocolFeatures;
        }
        DriverOptions options = s_options with
        {
            Features = features,
            UsesMemorySlots = random.Next(3) == 0,
            QueuePairs = random.Next(8) == 0 ? 8 : 1,
            FirstIndex = (ushort)(random.Next(4) == 0 ? 65_530 : 0),
        };
        VhostDriver driver = _rig.Main.Dial(options);
        int steps = random.Next(20);
        if (steps > 0)
        {
            driver.Negotiate();
        }
        if (steps > 1)
        {
            driver.ShareMemory();
        }
        driver.MakeRings();
        if (steps > 2)
        {
            driver.StartRings();
        }
    }

    /// <summary>What the liar sends goes to the neighbour, as a switch would do it: held back, joined, cut.</summary>
    private void ToNeighbour(Burst burst)
    {
        if (Executions % 3 == 0)
        {
            _rig.Neighbour.Port.DeliverOrHold(_rig.Port, burst);
        }
        else
        {
            _rig.Neighbour.Port.Deliver(burst.Frames);
        }
    }

    private void Act(Random random, FuzzMessages? messages, FuzzRings rings)
    {
        if (messages is not null)
        {
            messages.Send();
            _rig.Turn();
        }
        switch (random.Next(9))
        {
            case 0 or 1 or 2 or 3:
                rings.Change();
                break;
            case 4 or 5:
                _rig.Driver.Rings[random.Next(_rig.Driver.Rings.Count)].Kick.Signal();
                _rig.Turn();
                break;
            case 6:
                int length = 14 + random.Next(random.Next(10) == 0 ? 65_500 : 2000);
                _rig.Main.Deliver(EndpointContract.Frame(1, Math.Max(length, 18)), default, 1 + random.Next(18));
                break;
            case 7:
                byte[] frame = TcpFrame.Make(random.Next(1, 9000), v6: random.Next(2) == 0);
                _rig.Main.Deliver(frame, TcpFrame.Gso(frame, 1448, frame[12] == 0x08 ? Offload.GsoTcpV4 : Offload.GsoTcpV6));
                break;
            default:
                _rig.Neighbour.Deliver(EndpointContract.Frame(2, 100));
                _rig.Turn();
                while (random.Next(10) > 0 && _rig.Neighbour.Driver.TakeFrame() is not null)
                {
                }
                break;
        }
        while (_rig.Driver.Channel.TryReceive() is { } reply)
        {
            Assert.True(reply.Descriptors.Length == 0);
        }
    }
}
