using System.Runtime.InteropServices;
using Weft.Engine.State;

namespace Weft.Engine.Cables;

/// <summary>
/// Theory. A bad cable, for tests: in each direction frames are lost, doubled, corrupted by one bit, delayed, and overtaken.
/// It takes no offloads: the port mends what it delivers here, and what the endpoint lends is mended on its way in. So every
/// frame is as long as on a wire and carries its complete checksum before the dice are thrown: a flipped bit is not blessed by
/// a checksum computed later.
/// Every frame that survives is copied into a bounded store and leaves it when due; a full store drops (no-memory). Frames
/// keep their order, jitter or not, except those that the dice let be overtaken. The same seed gives the same fate.
///   from the guest   Poll takes what the endpoint lends, gives it back at once, and lends what is due
///   to the guest     Deliver keeps copies and delivers what is due; later ones leave by the lane's deadline
/// </summary>
/// <remarks>Adds itself to the lane's deadlines. Owns the endpoint until <see cref="Unwrap"/>.</remarks>
public sealed unsafe class ImpairedCable : IEndpoint, IMemoryQueue, IDeadlines
{
    private readonly Port _port;
    private readonly ImpairedDirection _fromGuest;
    private readonly ImpairedDirection _toGuest;
    private readonly OffloadFixup _fixup = new();
    private readonly Burst _arrived = new();
    private readonly Intake _intake;
    private readonly int[] _lent = new int[Burst.Capacity];
    private readonly FrameRef* _leaving = (FrameRef*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(FrameRef));
    private readonly int[] _leavingPlaces = new int[Burst.Capacity];
    private IEndpoint? _inner;
    private int _lentCount;

    /// <param name="port">The port that <paramref name="inner"/> signals; its lane gives the time.</param>
    public ImpairedCable(IEndpoint inner, Port port, in ImpairmentRecord how)
    {
        int longest = inner.Caps.MaxFrame;
        _inner = inner;
        _port = port;
        _fromGuest = new ImpairedDirection(in how, how.Seed, longest, port.Counters);
        _toGuest = new ImpairedDirection(in how, ~how.Seed, longest, port.Counters);
        _intake = new Intake(this);
        Caps = new EndpointCaps(longest, EndpointOffloads.None);
        port.Lane.Add(this);
    }

    public EndpointCaps Caps { get; }

    public int Room => Inner.Room;

    public bool CanHold => false;

    public bool Look() => Inner is IMemoryQueue queue && queue.Look();

    public bool Listen() => Inner is not IMemoryQueue queue || queue.Listen();

    public int Offer(ReadOnlySpan<FrameRef> frames)
    {
        Deliver(frames);
        return frames.Length;
    }

    public long NextDeadline => Math.Min(_fromGuest.NextDue, _toGuest.NextDue);

    private IEndpoint Inner => _inner ?? throw new ObjectDisposedException(nameof(ImpairedCable));

    public bool Poll(Burst burst)
    {
        burst.IsCut = true;
        _arrived.Clear();
        bool more = Inner.Poll(_arrived);
        _fixup.Deliver(_intake, _arrived.Frames, _port.Counters);
        Inner.Release(_arrived);
        while (!burst.IsFull)
        {
            int place = _fromGuest.TakeDue(_port.Lane.Now, out FrameRef frame);
            if (place < 0)
            {
                break;
            }
            burst.Add() = frame;
            _lent[_lentCount++] = place;
        }
        return more || _fromGuest.NextDue <= _port.Lane.Now;
    }

    public void Release(Burst burst)
    {
        while (_lentCount > 0)
        {
            _fromGuest.Free(_lent[--_lentCount]);
        }
    }

    public void Deliver(ReadOnlySpan<FrameRef> frames)
    {
        _toGuest.Admit(frames, _port.Lane.Now);
        DeliverDue(_port.Lane.Now);
    }

    public void OnDeadline(long now)
    {
        DeliverDue(now);
        if (_fromGuest.NextDue <= now)
        {
            _port.Ready();
        }
    }

    /// <summary>Takes the impairment off: what is still under way is lost. Returns the endpoint, which goes on.</summary>
    public IEndpoint Unwrap()
    {
        IEndpoint endpoint = Inner;
        _inner = null;
        _port.Lane.Remove(this);
        _fixup.Dispose();
        _arrived.Dispose();
        _fromGuest.Dispose();
        _toGuest.Dispose();
        NativeMemory.Free(_leaving);
        return endpoint;
    }

    public void Dispose()
    {
        if (_inner is not null)
        {
            Unwrap().Dispose();
        }
    }

    private void DeliverDue(long now)
    {
        int count;
        do
        {
            for (count = 0; count < Burst.Capacity; count++)
            {
                int place = _toGuest.TakeDue(now, out _leaving[count]);
                if (place < 0)
                {
                    break;
                }
                _leavingPlaces[count] = place;
            }
            if (count > 0)
            {
                Inner.Deliver(new ReadOnlySpan<FrameRef>(_leaving, count));
            }
            for (int i = 0; i < count; i++)
            {
                _toGuest.Free(_leavingPlaces[i]);
            }
        }
        while (count == Burst.Capacity);
    }

    /// <summary>Where the mended frames from the guest end up: the far side of the fix-up, no endpoint of its own.</summary>
    private sealed class Intake(ImpairedCable cable) : IEndpoint
    {
        public EndpointCaps Caps => cable.Caps;

        public int Room => Burst.Capacity;

        public bool Poll(Burst burst) => false;

        public void Deliver(ReadOnlySpan<FrameRef> frames) => cable._fromGuest.Admit(frames, cable._port.Lane.Now);

        public void Release(Burst burst)
        {
        }

        public void Dispose()
        {
        }
    }
}
