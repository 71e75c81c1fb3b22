namespace Weft.Engine;

/// <summary>Keeps what was decided about one frame that only asks.</summary>
public struct QuestionTrace(ulong fromTag) : ITrace
{
    public static bool IsOn => true;

    public readonly ulong FromTag => fromTag;

    public bool IsLearned { get; private set; }

    /// <summary>The switch's number of the one port that it goes to; −1 for none or many.</summary>
    public int ToPort { get; private set; } = -1;

    /// <summary>Ports that a flood reaches; −1: it is not flooded.</summary>
    public int FloodedPorts { get; private set; } = -1;

    public DropReason Reason { get; private set; }

    public FrameFate Fate { get; private set; }

    public HostEnd End { get; private set; }

    public void Learned() => IsLearned = true;

    public void Forwarded(ushort toPort) => ToPort = toPort;

    public void Flooded(int ports) => FloodedPorts = ports;

    public void Dropped(DropReason reason) => Reason = reason;

    public void Decided(FrameFate fate, HostEnd end)
    {
        Fate = fate;
        End = end;
    }
}
