using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Tests.Endpoints;

/// <summary>An endpoint in a port on a lane of its own, receive memory, and the peer's side of it.</summary>
public abstract unsafe class EndpointRig : IDisposable
{
    private readonly EpollReadiness _readiness = new();
    private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed((nuint)sizeof(PortCounters));

    protected EndpointRig()
    {
        Region = (ReceiveRegion*)NativeMemory.AllocZeroed(ReceiveRegion.Size);
        Lane = new Lane(_readiness, TimeProvider.System);
        Port = new Port(Lane, Forwarder, 0, _counters);
        Port.SetPlugged(true);
    }

    internal RecordingForwarder Forwarder { get; } = new();

    public ReceiveRegion* Region { get; }

    public Lane Lane { get; }

    public Port Port { get; }

    public abstract IEndpoint Endpoint { get; }

    /// <summary>Bytes of the longest frame that it takes and lends.</summary>
    public abstract int LongFrame { get; }

    /// <summary>False when the queue was full.</summary>
    public abstract bool PeerSends(ReadOnlySpan<byte> frame);

    /// <summary>The next frame that the peer got; null for none.</summary>
    public abstract byte[]? PeerReceives();

    public abstract void PeerGoes();

    /// <summary>A successor on the same descriptors and receive memory, after a life that ended without a Release.</summary>
    public abstract void TakeOver();

    public ulong Drops(DropReason reason) => _counters->Drops[(int)reason];

    public virtual void Turn() => Lane.Turn(mayWait: false);

    /// <summary>Delivers frames made of whole byte arrays, the head as short as the contract allows.</summary>
    public void Deliver(params ReadOnlySpan<byte[]> frames)
    {
        byte* memory = (byte*)NativeMemory.Alloc((nuint)frames.Length, 80_000);
        FrameRef* refs = (FrameRef*)NativeMemory.AllocZeroed((nuint)frames.Length, (nuint)sizeof(FrameRef));
        IoVec* runs = (IoVec*)NativeMemory.AllocZeroed((nuint)frames.Length, (nuint)sizeof(IoVec));
        for (int i = 0; i < frames.Length; i++)
        {
            byte* head = memory + i * 80_000 + FrameRef.Headroom;
            frames[i].CopyTo(new Span<byte>(head, frames[i].Length));
            refs[i].Head = head;
            refs[i].Length = frames[i].Length;
            refs[i].HeadLength = Math.Min(frames[i].Length, Burst.HeadSize);
            refs[i].Rest = runs + i;
            if (frames[i].Length > Burst.HeadSize)
            {
                refs[i].RestCount = 1;
                runs[i] = new IoVec(head + Burst.HeadSize, (nuint)(frames[i].Length - Burst.HeadSize));
            }
        }
        Port.Deliver(new ReadOnlySpan<FrameRef>(refs, frames.Length));
        NativeMemory.Free(memory);
        NativeMemory.Free(refs);
        NativeMemory.Free(runs);
    }

    public virtual void Dispose()
    {
        Port.Dispose();
        Lane.Dispose();
        _readiness.Dispose();
        NativeMemory.Free(Region);
        NativeMemory.Free(_counters);
        GC.SuppressFinalize(this);
    }
}
