using Weft.Engine;

namespace Weft.Gateway.Dns;

/// <summary>One query under way at an upstream. Free when <see cref="Id"/> is <see cref="Free"/>.</summary>
internal struct DnsPending
{
    public const int Free = -1;

    /// <summary>The id that it goes out under, unique among those under way.</summary>
    public int Id;

    /// <summary>The guest's own id, which the answer gets back.</summary>
    public ushort GuestId;
    public HostEnd Guest;

    /// <summary>The upstream asked now: an answer from anybody else is a forgery.</summary>
    public HostEnd Asked;

    /// <summary>Index of the socket that it left by.</summary>
    public int Socket;

    /// <summary>Lane time at which the next upstream is asked.</summary>
    public long Deadline;
    public int Attempts;

    /// <summary>Bits of the upstreams asked, of list <see cref="ListVersion"/>.</summary>
    public uint Tried;
    public int ListVersion;
    public int Length;
}
