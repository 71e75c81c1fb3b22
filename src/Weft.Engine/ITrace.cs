using Weft.Wire;

namespace Weft.Engine;

/// <summary>Watches decisions on a frame's way. The data path is generic over a struct of this kind; the empty one compiles away.</summary>
public interface ITrace
{
    /// <summary>False lets the compiler remove every call.</summary>
    static abstract bool IsOn { get; }

    void Learned(ushort port, MacAddress mac);

    void Forwarded(ushort toPort);

    void Flooded(int ports);

    void Dropped(DropReason reason);

    void Decided(string step, string fact);
}

/// <summary>The trace of the running data path: none.</summary>
public readonly struct NoTrace : ITrace
{
    public static bool IsOn => false;

    public void Learned(ushort port, MacAddress mac)
    {
    }

    public void Forwarded(ushort toPort)
    {
    }

    public void Flooded(int ports)
    {
    }

    public void Dropped(DropReason reason)
    {
    }

    public void Decided(string step, string fact)
    {
    }
}
