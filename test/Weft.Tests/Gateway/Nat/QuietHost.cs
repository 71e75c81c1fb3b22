using Weft.Engine;

namespace Weft.Tests.Gateway.Nat;

/// <summary>Readiness and keeper that do nothing and allocate nothing.</summary>
internal sealed class QuietHost : IReadiness, IDescriptorKeeper, IKeptDescriptors
{
    private int _slot;

    public bool IsCovered => true;

    public bool AllKept => true;

    public int Watch(int descriptor, ReadyToken token, Ready interest) => 0;

    public int Rewatch(int descriptor, ReadyToken token, Ready interest) => 0;

    public void Unwatch(int descriptor)
    {
    }

    public int Wait(Span<ReadyEvent> events, long timeoutMicroseconds) => 0;

    public void Wake()
    {
    }

    public int Add(int descriptor) => _slot++;

    public void Drop(int slot)
    {
    }

    public bool Flush() => true;

    public void End(int descriptor, int slot, bool abort)
    {
    }
}
