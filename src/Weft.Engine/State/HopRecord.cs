using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

/// <summary>What would become of one frame.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HopRecord
{
    /// <summary>The one port that it goes to; 0: the gateway's, when <see cref="ToGateway"/>, else none or many.</summary>
    public ulong ToPort;

    /// <summary>Ports that it is flooded to; −1: it is not.</summary>
    public int Flooded;

    /// <summary>1: the gateway gets it, alone or among others.</summary>
    public byte ToGateway;

    /// <summary>What the gateway does with it, when it does not drop it.</summary>
    public FrameFate Fate;

    /// <summary>Why it does not go through the switch.</summary>
    public DropReason AtSwitch;

    /// <summary>Why the gateway drops it.</summary>
    public DropReason AtGateway;

    /// <summary>Why the port that it goes to, or that was wanted, does not take it.</summary>
    public DropReason AtPort;

    /// <summary>1: the wanted port gets it.</summary>
    public byte Reached;

    /// <summary>Where its flow goes on the host's side.</summary>
    public ushort HostPort;
    public IpAddress HostAddress;
}
