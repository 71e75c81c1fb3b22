using Weft.Engine;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Loses write readiness while told so, as an edge that never came.</summary>
internal sealed class DeafReadiness(IReadiness inner, Func<bool> isDeaf) : IReadiness
{
    public int Watch(int descriptor, ReadyToken token, Ready interest) => inner.Watch(descriptor, token, interest);

    public int Rewatch(int descriptor, ReadyToken token, Ready interest) => inner.Rewatch(descriptor, token, interest);

    public void Unwatch(int descriptor) => inner.Unwatch(descriptor);

    public void Wake() => inner.Wake();

    public int Wait(Span<ReadyEvent> events, long timeoutMicroseconds)
    {
        int count = inner.Wait(events, timeoutMicroseconds);
        for (int i = 0; i < count && isDeaf(); i++)
        {
            events[i] = events[i] with { What = events[i].What & ~Ready.Write };
        }
        return count;
    }
}
