namespace Weft.Engine;

/// <summary>The trace of the running data path: none.</summary>
public readonly struct NoTrace : ITrace
{
    public static bool IsOn => false;

    public ulong FromTag => 0;

    public void Learned()
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

    public void Decided(FrameFate fate, HostEnd end)
    {
    }
}
