using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Simulation;

/// <summary>
/// Theory. The host kernel's end of a TCP connection, as far as a program can see it: two bounded buffers, the state machine
/// (<c>tcpi_state</c>), the counters of TCP_INFO, SIOCINQ, SIOCOUTQ, SO_PEEK_OFF and poll(). No segments: bytes go over in
/// rounds of <see cref="SimulatedWorld.RoundBytes"/>, each <see cref="SimulatedWorld.Latency"/> apart, and count as
/// acknowledged when they are in the peer's buffer. What follows Linux on purpose:
/// bytes_acked counts our SYN when we dialled, and our FIN; bytes_received counts the peer's FIN; SIOCOUTQ counts our FIN,
/// SIOCINQ does not count the peer's; after both FINs the socket shows CLOSE without an error (TIME_WAIT is another object);
/// after a reset, waiting bytes can still be read; write readiness comes only after somebody saw the socket full.
/// </summary>
internal sealed partial class KernelTcp : KernelSocket
{
    public const byte Established = 1, SynSent = 2, FinWait1 = 4, FinWait2 = 5, Closed = 7, CloseWait = 8, LastAck = 9, Closing = 11;

    private readonly ByteQueue _out;
    private readonly ByteQueue _in;
    private TcpPeer? _peer;
    private int _peekOffset;
    private bool _dialled;
    private bool _finQueued;
    private bool _finAcked;
    private bool _finReceived;
    private bool _noSpace;
    private bool _upScheduled;
    private bool _downScheduled;
    private bool _orphan;
    private ulong _acked;
    private ulong _received;

    public KernelTcp(SimulatedWorld world)
        : base(world)
    {
        _out = new ByteQueue(world.SendBuffer);
        _in = new ByteQueue(world.ReceiveBuffer);
    }

    public byte State { get; private set; } = Closed;

    public HostEnd Remote { get; private set; }

    private bool SendShut => _finQueued || State == Closed;

    private bool ReceiveShut => _finReceived || State == Closed;

    private bool IsWritable => _out.Length <= _out.Capacity / 3 * 2;

    public override Ready Poll()
    {
        if (State == SynSent)
        {
            return Ready.None;
        }
        Ready ready = Error != 0 ? Ready.Error : Ready.None;
        ready |= State == Closed || (SendShut && ReceiveShut) ? Ready.HangUp : Ready.None;
        ready |= ReceiveShut ? Ready.Read | Ready.PeerClosed : Ready.None;
        ready |= _in.Length > 0 ? Ready.Read : Ready.None;
        if (SendShut || IsWritable)
        {
            return ready | Ready.Write;
        }
        _noSpace = true;
        return ready;
    }

    public int Connect(HostEnd to)
    {
        if (State != Closed || Remote.Port != 0)
        {
            return -106;
        }
        if (World.ConnectError(to) is var error and not 0)
        {
            return -error;
        }
        _dialled = true;
        Remote = to;
        State = SynSent;
        World.Arrive(this, to);
        return -Errno.InProgress;
    }

    /// <summary>A connection that somebody outside made to a listener.</summary>
    public void Accepted(HostEnd local, HostEnd remote, TcpPeer peer)
    {
        Local = local;
        Remote = remote;
        Establish(peer);
    }

    public void Establish(TcpPeer peer)
    {
        _peer = peer;
        _acked = _dialled ? 1u : 0;
        State = Established;
        peer.Attach(this);
        Notify(Ready.Read | Ready.Write);
        peer.OnOpen();
    }

    public void Refuse(int errno) => Die(errno);

    public unsafe long Send(IoVec* runs, int count, int most)
    {
        if (Error != 0)
        {
            return -TakeError();
        }
        if (SendShut)
        {
            return -Errno.BrokenPipe;
        }
        if (State == SynSent)
        {
            return -Errno.Again;
        }
        long sent = 0;
        for (int i = 0; i < count && sent < most; i++)
        {
            int length = (int)Math.Min((long)runs[i].Length, most - sent);
            int took = _out.Append(new ReadOnlySpan<byte>(runs[i].Start, length));
            sent += took;
            if (took < length)
            {
                _noSpace = true;
                break;
            }
        }
        if (sent == 0)
        {
            return _noSpace ? -Errno.Again : 0;
        }
        ScheduleUp();
        return sent;
    }

    public unsafe long Peek(IoVec* runs, int count)
    {
        long copied = 0;
        for (int i = 0; i < count; i++)
        {
            int took = _in.Copy(_peekOffset + (int)copied, new Span<byte>(runs[i].Start, (int)runs[i].Length));
            copied += took;
            if (took < (int)runs[i].Length)
            {
                break;
            }
        }
        _peekOffset += (int)copied;
        return copied > 0 ? copied : NothingToRead();
    }

    public int SetPeekOffset(int offset)
    {
        _peekOffset = offset;
        return 0;
    }

    public long Discard(int bytes)
    {
        int took = Math.Min(bytes, _in.Length);
        if (took == 0)
        {
            return bytes == 0 ? 0 : NothingToRead();
        }
        _in.Discard(took);
        _peekOffset = Math.Max(0, _peekOffset - took);
        ScheduleDown();
        return took;
    }

    /// <summary>SO_MEMINFO's room less an eighth for overhead, as the real one.</summary>
    public int Room()
    {
        int free = SendShut || State == SynSent ? 0 : _out.Room;
        return Math.Min(free - free / 8, 1 << 20);
    }

    public int ShutdownWrite()
    {
        if (State is not (Established or CloseWait))
        {
            return State == SynSent ? 0 : -Errno.NotConnected;
        }
        _finQueued = true;
        State = State == Established ? FinWait1 : LastAck;
        ScheduleUp();
        return 0;
    }

    /// <summary>connect(AF_UNSPEC): a reset goes out, both queues and the counters are gone.</summary>
    public int Abort()
    {
        if (State is Established or CloseWait or FinWait1 or FinWait2)
        {
            TellReset();
        }
        State = Closed;
        _out.Clear();
        _in.Clear();
        _acked = _received = 0;
        Error = 0;
        _peer = null;
        Notify(Ready.HangUp);
        return 0;
    }

    public TcpSocketState Read() => new()
    {
        State = State,
        BytesAcked = _acked,
        BytesReceived = _received,
        OutQueue = _out.Length + (_finQueued && !_finAcked ? 1 : 0),
        InQueue = _in.Length,
    };

    protected override void OnClosed()
    {
        _orphan = true;
        if (_in.Length > 0 && State is Established or CloseWait)
        {
            Abort();
        }
        else
        {
            ShutdownWrite();
        }
        World.Forget(this);
    }

    private long NothingToRead()
    {
        if (_finReceived)
        {
            return 0;
        }
        if (Error != 0)
        {
            return -TakeError();
        }
        return State == Closed ? 0 : -Errno.Again;
    }
}
