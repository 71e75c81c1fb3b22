namespace Weft.Engine;

[Flags]
public enum Ready : uint
{
    None = 0,
    Read = 1,
    Write = 4,
    Error = 8,
    HangUp = 0x10,
    PeerClosed = 0x2000,
}

/// <summary>Names one watched descriptor to the lane: which target, which of its things, and which life of that thing.</summary>
/// <param name="Target">Number that <see cref="Lane.Register"/> gave the target.</param>
/// <param name="Generation">Low bits of the thing's generation: an event for an earlier life is dropped.</param>
/// <param name="Index">The target's own index (a flow, a listener); 0 where it has one descriptor.</param>
public readonly record struct ReadyToken(ushort Target, ushort Generation, uint Index)
{
    public ulong Packed => ((ulong)Target << 48) | ((ulong)Generation << 32) | Index;

    public static ReadyToken Unpack(ulong packed) => new((ushort)(packed >> 48), (ushort)(packed >> 32), (uint)packed);
}

public readonly record struct ReadyEvent(ReadyToken Token, Ready What);

/// <summary>The ears of a lane: epoll on Linux, a simulator in virtual time. All watches are edge-triggered.</summary>
public interface IReadiness
{
    /// <summary>Watches a descriptor; <see cref="Ready.Error"/> and <see cref="Ready.HangUp"/> always come. 0 or a negative errno.</summary>
    int Watch(int descriptor, ReadyToken token, Ready interest);

    /// <summary>Watches again with another interest, and reports anew what is true now (this is how an edge is re-armed).</summary>
    int Rewatch(int descriptor, ReadyToken token, Ready interest);

    void Unwatch(int descriptor);

    /// <summary>Waits at most <paramref name="timeoutMicroseconds"/> (−1: for ever; 0: not at all) and returns how many events were written.</summary>
    int Wait(Span<ReadyEvent> events, long timeoutMicroseconds);

    /// <summary>Lets others run on this processor. True when somebody did for long (100 µs): then looking on would take his time.</summary>
    bool Yield() => false;

    /// <summary>Ends a running or the next <see cref="Wait"/> early; the one call here that any thread may make.</summary>
    void Wake();
}

/// <summary>Something that the lane tells about readiness.</summary>
public interface IReadyTarget
{
    void OnReady(ReadyToken token, Ready what);
}
