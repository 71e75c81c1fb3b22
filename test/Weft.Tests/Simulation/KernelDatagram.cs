using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>
/// An unconnected UDP socket or a ping socket, with IP_RECVERR. An ICMP error goes to the error queue and, as in Linux, also
/// fails the next send or receive once, unless the error queue was emptied first. A ping socket sends and receives whole ICMP
/// messages, whose identifier the kernel replaces by the socket's own.
/// </summary>
internal sealed class KernelDatagram(SimulatedWorld world, bool isPing) : KernelSocket(world)
{
    private readonly Queue<Datagram> _waiting = new();
    private readonly Queue<(IcmpErrorReport Report, byte[] Payload)> _errors = new();
    private int _waitingBytes;

    public bool IsPing => isPing;

    /// <summary>Bound to a port that the program named.</summary>
    public bool HasChosenPort { get; init; }

    /// <summary>Datagrams that found the receive buffer full.</summary>
    public int Overflows { get; private set; }

    public override Ready Poll() =>
        (_waiting.Count > 0 ? Ready.Read : Ready.None) | (_errors.Count > 0 || Error != 0 ? Ready.Error : Ready.None) | Ready.Write;

    public unsafe long Send(IoVec* runs, int count, HostEnd to, byte timeToLive)
    {
        if (Error != 0)
        {
            return -TakeError();
        }
        int length = 0;
        for (int i = 0; i < count; i++)
        {
            length += (int)runs[i].Length;
        }
        if (length > 65_507)
        {
            return -Errno.MessageSize;
        }
        byte[] payload = new byte[length];
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            new ReadOnlySpan<byte>(runs[i].Start, (int)runs[i].Length).CopyTo(payload.AsSpan(at));
            at += (int)runs[i].Length;
        }
        if (isPing && !PrepareEcho(payload))
        {
            return -Errno.Invalid;
        }
        World.Depart(this, new Datagram(Local, to, payload, timeToLive == 0 ? (byte)64 : timeToLive));
        return length;
    }

    public unsafe long Receive(byte* to, int length, out HostEnd from)
    {
        from = default;
        if (Error != 0)
        {
            return -TakeError();
        }
        if (!_waiting.TryDequeue(out Datagram? datagram))
        {
            return -Errno.Again;
        }
        _waitingBytes -= datagram.Payload.Length;
        from = datagram.From;
        int count = Math.Min(length, datagram.Payload.Length);
        datagram.Payload.AsSpan(0, count).CopyTo(new Span<byte>(to, length));
        return count;
    }

    public unsafe long ReceiveError(byte* to, int length, out IcmpErrorReport report)
    {
        report = default;
        if (!_errors.TryDequeue(out (IcmpErrorReport Report, byte[] Payload) error))
        {
            return -Errno.Again;
        }
        report = error.Report;
        Error = 0;
        int count = Math.Min(length, error.Payload.Length);
        error.Payload.AsSpan(0, count).CopyTo(new Span<byte>(to, length));
        return count;
    }

    public void Arrive(Datagram datagram)
    {
        if (_waitingBytes + datagram.Payload.Length > World.ReceiveBuffer)
        {
            Overflows++;
            return;
        }
        _waitingBytes += datagram.Payload.Length;
        _waiting.Enqueue(datagram);
        Notify(Ready.Read);
    }

    public void ArriveError(IcmpErrorReport report, byte[] payload)
    {
        _errors.Enqueue((report, payload));
        Error = report.Type == 3 && report.Code == 3 ? Errno.ConnectionRefused : Errno.HostUnreachable;
        Notify(Ready.Error);
    }

    /// <summary>connect(AF_UNSPEC): an ephemeral port is given back at once, one that was asked for is not.</summary>
    public int Abort()
    {
        if (!isPing && !HasChosenPort)
        {
            World.Unbind(this);
            Local = default;
        }
        return 0;
    }

    protected override void OnClosed() => World.Unbind(this);

    private bool PrepareEcho(byte[] message)
    {
        if (message.Length < 8 || message[0] != 8 || message[1] != 0)
        {
            return false;
        }
        message[4] = (byte)(Local.Port >> 8);
        message[5] = (byte)Local.Port;
        return true;
    }
}
