using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

/// <summary>A frame that only asks: what would become of it? From a guest's port, or through a forward from outside.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct QuestionRecord
{
    /// <summary>The port that it would come in at; 0 where <see cref="ForwardId"/> says what is asked.</summary>
    public ulong PortId;
    public ulong ForwardId;

    /// <summary>The port that is hoped to get it; 0 for the gateway.</summary>
    public ulong WantedId;
    public IpAddress Source;
    public IpAddress Destination;

    /// <summary>Whom the guest asks by ARP: the destination, or the router. None: it sends nothing by IP.</summary>
    public IpAddress NextHop;

    /// <summary>Zero: nobody is known to answer, so ARP is all there is to ask about.</summary>
    public MacAddress NextHopMac;

    /// <summary>6 TCP, 17 UDP, 1 ICMP echo.</summary>
    public byte Protocol;
    public ushort Port;
}
