using System.Runtime.InteropServices;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>Where a flow stands. Operations that are legal in each:</summary>
internal enum TcpPhase : byte
{
    /// <summary>Nothing; the index is on the free list.</summary>
    Free = 0,

    /// <summary>The host side is being dialled. Guest: only a repeated SYN (ignored) or RST. Host: connect result.</summary>
    Dialling = 1,

    /// <summary>The host side is connected, SYN-ACK goes out once the descriptor is kept. Guest: ACK of it, RST.</summary>
    Answering = 2,

    /// <summary>An accepted host client; SYN goes to the guest once the descriptor is kept. Guest: SYN-ACK or RST.</summary>
    Calling = 3,

    /// <summary>Data both ways, and each side's FIN when it comes.</summary>
    Open = 4,
}

[Flags]
internal enum TcpMarks : ushort
{
    None = 0,

    /// <summary>In the list of flows that owe the guest an ACK.</summary>
    InAckList = 1,

    /// <summary>In the list of flows with something to send.</summary>
    InSendList = 2,

    /// <summary>Out-of-order data came: the ACK repeats the window unchanged, so that it counts as a duplicate.</summary>
    DuplicateAck = 4,

    /// <summary>The socket may have bytes past the peek position.</summary>
    Readable = 8,

    /// <summary>The host's FIN is known to stand at FinSeq.</summary>
    HostFin = 16,

    GuestFin = 64,

    /// <summary>Waiting for EPOLLOUT after a small window was offered.</summary>
    RoomWatched = 128,

    /// <summary>Loss recovery toward the guest until SndUna reaches Recover.</summary>
    Recovering = 256,

    /// <summary>After a takeover: the guest's position is not known; send one MSS and learn it.</summary>
    Resuming = 512,

    /// <summary>No timestamp of the guest seen yet.</summary>
    NoTsRecent = 1024,

    /// <summary>A gathered send for this flow was cut short in this burst.</summary>
    Blocked = 2048,

    /// <summary>The SYN or SYN-ACK is to be sent (again).</summary>
    Handshake = 4096,
}

/// <summary>
/// A flow in the worker's own memory: everything here is rebuilt from record and socket at takeover. Sequence numbers are the
/// guest side's: Rcv* count the guest's bytes, Snd* ours.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TcpFlow
{
    public long LastActive;

    /// <summary>Port that it counts against while half open; 0 = none.</summary>
    public ulong Port;

    /// <summary>Lane time when the oldest unacknowledged segment is due again; 0 = not running.</summary>
    public long RetransmitAt;

    /// <summary>Lane time when a small or closed window is looked at again; 0 = not running.</summary>
    public long WindowAt;

    /// <summary>When the first hole was last sent again.</summary>
    public long HoleSentAt;

    /// <summary>Where the wheel will call; the true deadline may be later.</summary>
    public long WheelAt;

    /// <summary>Generation of the record; its low 16 bits are in the readiness token.</summary>
    public ulong Generation;
    public int Socket;
    public int AckNext;
    public int SendNext;

    /// <summary>Next sequence number expected from the guest.</summary>
    public uint RcvNxt;

    /// <summary>Right edge of the window promised to the guest; never moves back.</summary>
    public uint RcvEdge;

    /// <summary>Sequence of the oldest byte that the socket still holds (not consumed).</summary>
    public uint SndBase;

    /// <summary>Oldest byte that the guest has not acknowledged.</summary>
    public uint SndUna;
    public uint SndNxt;

    /// <summary>One past the highest byte that this worker has sent.</summary>
    public uint SndMax;

    /// <summary>One past the highest byte that the guest may have seen: ahead of SndMax only after a takeover.</summary>
    public uint AckLimit;

    /// <summary>Where the host's FIN stands, once HostFin is marked.</summary>
    public uint FinSeq;

    /// <summary>Sequence at which the kernel's peek offset stands.</summary>
    public uint PeekAt;

    /// <summary>The guest's window in bytes, counted from SndUna.</summary>
    public uint SndWnd;

    /// <summary>Bytes that may be in flight after a time-out; grows back.</summary>
    public uint Cwnd;
    public uint Recover;

    /// <summary>In recovery: everything below was sent again.</summary>
    public uint HoleNext;
    public uint TsRecent;
    public uint TsOffset;

    /// <summary>Without timestamps: the acknowledgement that ends the measurement, and when it began (microseconds; 0 = none runs).</summary>
    public uint TimedEnd;
    public uint TimedAt;

    /// <summary>Smoothed round trip toward the guest and its variation, microseconds (RFC 6298).</summary>
    public int Srtt;
    public int RttVar;

    /// <summary>Out-of-order store and SACK scoreboard; −1 = none.</summary>
    public short Store;
    public short Board;
    public ushort Owner;
    public ushort Mss;
    public TcpMarks Flags;
    public TcpPhase Phase;
    public TcpAgreed Agreed;
    public byte GuestScale;
    public byte OurScale;
    public byte DupAcks;
    public byte Retries;

    /// <summary>Our FIN to the guest is in flight or acknowledged.</summary>
    public readonly bool FinSent => Has(TcpMarks.HostFin) && Sequence.After(SndMax, FinSeq);

    /// <summary>One past the last byte of payload sent so far.</summary>
    public readonly uint DataSent => Has(TcpMarks.HostFin) ? Sequence.Earlier(SndMax, FinSeq) : SndMax;

    public readonly bool Has(TcpMarks flag) => (Flags & flag) != 0;

    public readonly bool HasAgreed(TcpAgreed option) => (Agreed & option) != 0;

    public void Set(TcpMarks flag) => Flags |= flag;

    public void Clear(TcpMarks flag) => Flags &= ~flag;
}
