using Weft.Engine;
using Weft.Engine.State;
using Weft.Engine.Trunks;
using Weft.Linux;
using Weft.Switching;
using Weft.Wire;

namespace Weft.Tests.Engine;

/// <summary>Two lanes with a switch each, joined by a trunk. Their turns are taken by the test.</summary>
public sealed unsafe class TrunkTests : IDisposable
{
    private static readonly MacAddress Left = new(0x525400000001), Right = new(0x525400000002);

    private readonly Side _left = new();
    private readonly Side _right = new();
    private readonly Trunk _trunk;

    public TrunkTests()
    {
        _trunk = new Trunk(_left.Uplink, _right.Uplink);
        _left.Start();
        _right.Start();
    }

    [Fact]
    public void FramesCrossWholeInOrderAndWithTheirOffloads()
    {
        Offload offload = new() { Flags = Offload.NeedsChecksum, GsoType = Offload.GsoTcpV4, GsoSize = 1448, HeaderLength = 66, ChecksumStart = 34, ChecksumOffset = 16 };
        int[] lengths = [60, 191, 192, 193, 1514, 9000, 65_000, 14];
        byte[][] frames = [.. lengths.Select((length, i) => Frame(Left, Right, length, i))];
        foreach (byte[] frame in frames)
        {
            _left.Guest.Queue(frame, frame.Length > 60_000 ? offload : default);
        }
        _left.GuestPort.Ready();
        Turns();
        Assert.Equal(frames, _right.Guest.Delivered.Select(delivered => delivered.Bytes));
        Assert.Equal(offload, _right.Guest.Delivered[6].Offload);
    }

    [Fact]
    public void StationsAreLearnedBehindTheTrunk()
    {
        Send(_left, Left, Right);
        Send(_right, Right, Left);
        Assert.Equal((1, 1), (_left.Guest.Delivered.Count, _right.Guest.Delivered.Count));
        Assert.Equal((2, 2), (_left.Switch.MacCount, _right.Switch.MacCount));
        // To a neighbour on the same lane nothing crosses.
        ulong crossed = _left.UplinkCounters.At->FramesOut;
        Send(_left, Left, Left);
        Assert.Equal(crossed, _left.UplinkCounters.At->FramesOut);
    }

    [Fact]
    public void EveryByteIsRightOverManyLapsAndWhatFindsNoRoomIsCounted()
    {
        Random random = new(1);
        Queue<byte[]> expected = new();
        int sent = 0;
        for (int round = 0; round < 400; round++)
        {
            for (int i = random.Next(64); i > 0; i--)
            {
                byte[] frame = Frame(Left, Right, random.Next(3) == 0 ? random.Next(14, 65_550) : random.Next(14, 2000), sent++);
                expected.Enqueue(frame);
                _left.Guest.Queue(frame);
            }
            _left.GuestPort.Ready();
            _left.Lane.Turn(mayWait: false);
            if (random.Next(3) > 0)
            {
                _right.Lane.Turn(mayWait: false);
            }
            Compare(expected);
        }
        Turns();
        Compare(expected);
        ulong lost = _left.UplinkCounters[DropReason.PortFull];
        Assert.Equal((ulong)sent, (ulong)_right.Guest.DeliveredCount + lost);
        Assert.InRange(lost, 1u, (ulong)sent / 2);
    }

    [Fact]
    public void ALaneThatSleepsIsTold()
    {
        _right.Lane.Turn(mayWait: false);
        _right.Lane.Polling = PollingPolicy.Power;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        Thread right = new(_right.Lane.Run);
        right.Start();
        for (int i = 1; i <= 200; i++)
        {
            // Now and then it is asleep, now and then just about to.
            Thread.Sleep(i % 4);
            Send(_left, Left, Right, turns: false);
            while (_right.Guest.DeliveredCount < i)
            {
                limit.Token.ThrowIfCancellationRequested();
                Thread.Yield();
            }
        }
        _right.Lane.Stop();
        right.Join();
    }

    [Fact]
    public void NothingIsAllocatedPerFrame()
    {
        _right.Guest.Keeps = false;
        byte[] frame = Frame(Left, Right, 1514, 0);
        fixed (byte* at = frame)
        {
            FrameRef one = new() { Head = at, HeadLength = 1514, Length = 1514 };
            FrameRef[] frames = [one, one, one, one];
            void Round()
            {
                _left.Uplink.Deliver(frames);
                _left.Lane.Turn(mayWait: false);
                _right.Lane.Turn(mayWait: false);
            }

            for (int i = 0; i < 100; i++)
            {
                Round();
            }
            Assert.Equal(0, Allocated.By(() =>
            {
                for (int i = 0; i < 100; i++)
                {
                    Round();
                }
            }));
        }
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
        _trunk.Dispose();
    }

    private void Compare(Queue<byte[]> expected)
    {
        foreach ((byte[] bytes, Offload _) in _right.Guest.Delivered)
        {
            // Frames before it were dropped, and counted.
            while (!expected.Dequeue().AsSpan().SequenceEqual(bytes))
            {
            }
        }
        _right.Guest.Delivered.Clear();
    }

    private void Send(Side side, MacAddress from, MacAddress to, bool turns = true)
    {
        side.Guest.Queue(Frame(from, to, 60, 0));
        side.GuestPort.Ready();
        side.Lane.Turn(mayWait: false);
        if (turns)
        {
            Turns();
        }
    }

    private void Turns()
    {
        for (int i = 0; i < 20; i++)
        {
            _left.Lane.Turn(mayWait: false);
            _right.Lane.Turn(mayWait: false);
        }
    }

    private static byte[] Frame(MacAddress from, MacAddress to, int length, int number)
    {
        byte[] frame = new byte[length];
        new Random(number).NextBytes(frame);
        fixed (byte* at = frame)
        {
            to.Write(at);
            from.Write(at + 6);
        }
        frame[12] = 8;
        frame[13] = 0;
        return frame;
    }

    /// <summary>A lane, its switch, a guest, and the port for the trunk.</summary>
    private sealed class Side : IDisposable
    {
        private readonly EpollReadiness _readiness = new();

        public Side()
        {
            Lane = new Lane(_readiness, TimeProvider.System);
            Switch = new Switch(Lane);
            GuestPort = Switch.AddPort(_counters.At);
            GuestPort.Attach(Guest);
            Uplink = Switch.AddPort(UplinkCounters.At, PortRole.Uplink);
        }

        private readonly CounterMemory _counters = new();

        public Lane Lane { get; }

        public Switch Switch { get; }

        public FakeEndpoint Guest { get; } = new();

        public Port GuestPort { get; }

        public Port Uplink { get; }

        public CounterMemory UplinkCounters { get; } = new();

        public void Start()
        {
            foreach (Port port in (Port[])[GuestPort, Uplink])
            {
                port.CarrierChanged(true);
                port.SetPlugged(true);
                port.Ready();
            }
        }

        public void Dispose()
        {
            GuestPort.Dispose();
            Uplink.Dispose();
            Switch.Dispose();
            Lane.Dispose();
            _readiness.Dispose();
            _counters.Dispose();
            UplinkCounters.Dispose();
        }
    }
}
