using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

/// <summary>The answer to a <see cref="QuestionRecord"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct AnswerRecord
{
    /// <summary>The ARP request for the next hop.</summary>
    public HopRecord Arp;

    /// <summary>The frame itself; for a forward, the one from the gateway to the guest.</summary>
    public HopRecord Frame;

    /// <summary>Of a forward: why the gateway does not call the guest.</summary>
    public DropReason AtForward;

    /// <summary>Of a forward: the guest's, as far as they are known.</summary>
    public IpAddress Guest;
    public MacAddress GuestMac;
}
