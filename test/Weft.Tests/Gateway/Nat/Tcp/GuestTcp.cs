using Weft.Engine;
using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>
/// Theory. A small, honest TCP of a guest, in virtual time: handshake with options, sliding window with SACK or NewReno
/// recovery and time-out with back-off, delayed acknowledgement, out-of-order queue, a receive window that never moves back,
/// zero-window probes as Linux sends them (empty, one below the next number), FIN, RST and challenges by RFC 5961. It has no
/// congestion window but after a time-out. It sends the <see cref="Pattern"/> and checks every byte that comes against it.
/// What a correct peer would not do is put into <see cref="GuestStack.Violations"/>.
/// </summary>
internal sealed partial class GuestTcp
{
    private readonly GuestStack _stack;
    private readonly GuestOptions _options;
    private readonly uint _iss;
    private bool _scaled;
    private bool _sack;
    private bool _stamps;
    private int _peerScale;
    private int _segment = 536;
    private long _dialledAt;

    public GuestTcp(GuestStack stack, HostEnd local, HostEnd remote, GuestOptions options, uint iss)
    {
        (_stack, Local, Remote, _options, _iss) = (stack, local, remote, options, iss);
        _una = _nxt = _max = iss;
    }

    public HostEnd Local { get; }

    public HostEnd Remote { get; }

    public GuestTcpState State { get; private set; }

    public bool IsOpen => State is GuestTcpState.Established or GuestTcpState.Finished;

    /// <summary>The program closed and the stack has nothing left to say.</summary>
    public bool IsGone { get; private set; }

    /// <summary>Both directions ended with FIN and each was acknowledged.</summary>
    public bool IsFinished => State == GuestTcpState.Finished || (SawFin && FinAcknowledged);

    public bool SawReset { get; private set; }

    public bool SawFin { get; private set; }

    public GuestSegment? SynAck { get; private set; }

    public uint Iss => _iss;

    public uint PeerIsn { get; private set; }

    public uint RcvNxt => _rcvNxt;

    public uint SndMax => _max;

    public int PeerScale => _peerScale;

    /// <summary>When the connection opened, in microseconds after the dial; −1 while it has not.</summary>
    public long OpenedAfter { get; private set; } = -1;

    /// <summary>Longest time without a byte of progress while there was something to send or to wait for.</summary>
    public long LongestStall { get; private set; }

    public Action<GuestTcp>? OnOpen { get; set; }

    public Action<GuestTcp>? OnReceived { get; set; }

    public Action<GuestTcp>? OnFin { get; set; }

    private VirtualTime Time => _stack.Time;

    public void Dial()
    {
        State = GuestTcpState.SynSent;
        _dialledAt = Time.Now;
        _max = _iss + 1;
        SendSyn();
        ArmRetransmit();
    }

    public void Answer(GuestSegment syn)
    {
        State = GuestTcpState.SynReceived;
        _dialledAt = Time.Now;
        Agree(syn);
        _max = _iss + 1;
        SendSyn();
        ArmRetransmit();
    }

    /// <summary>RST at the right number, and the connection is forgotten.</summary>
    public void Reset(uint offset = 0)
    {
        Emit(_nxt + offset, GuestSegment.Rst, []);
        if (offset == 0)
        {
            State = GuestTcpState.Closed;
            IsGone = true;
        }
    }

    /// <summary>Sends anything at all in this connection's name.</summary>
    public void Forge(uint seq, uint ack, byte flags, byte[]? payload = null, ushort? window = null, (uint, uint)? stamps = null) =>
        _stack.Send(Segment(seq, flags, payload ?? []) with
        {
            AckNumber = ack,
            Window = window ?? Window(),
            Timestamps = stamps ?? Stamps(),
        });

    public void Receive(GuestSegment segment)
    {
        if (segment.Timestamps is { } stamps && _stamps && (int)(stamps.Value - _recentStamp) >= 0)
        {
            _recentStamp = stamps.Value;
        }
        switch (State)
        {
            case GuestTcpState.SynSent:
                ReceiveWhileDialling(segment);
                break;
            case GuestTcpState.SynReceived:
                ReceiveWhileAnswering(segment);
                break;
            case GuestTcpState.Established or GuestTcpState.Finished:
                ReceiveOpen(segment);
                break;
        }
    }

    private void ReceiveWhileDialling(GuestSegment segment)
    {
        bool acceptable = segment.Is(GuestSegment.Ack) && segment.AckNumber == _iss + 1;
        if (segment.Is(GuestSegment.Rst))
        {
            if (acceptable)
            {
                SawReset = true;
                State = GuestTcpState.Closed;
            }
        }
        else if (segment.Is(GuestSegment.Ack) && !acceptable)
        {
            _stack.Send(new GuestSegment { From = Local, To = Remote, Seq = segment.AckNumber, Flags = GuestSegment.Rst });
        }
        else if (segment.Is(GuestSegment.Syn) && acceptable)
        {
            SynAck = segment;
            Agree(segment);
            Opened(segment);
            SendAck();
            OnOpen?.Invoke(this);
            Output();
        }
    }

    private void ReceiveWhileAnswering(GuestSegment segment)
    {
        if (segment.Is(GuestSegment.Rst))
        {
            SawReset = true;
            State = GuestTcpState.Closed;
        }
        else if (segment.Is(GuestSegment.Syn))
        {
            SendSyn();
        }
        else if (segment.Is(GuestSegment.Ack) && segment.AckNumber == _iss + 1)
        {
            Opened(segment);
            OnOpen?.Invoke(this);
            ReceiveOpen(segment);
        }
    }

    private void Agree(GuestSegment syn)
    {
        PeerIsn = syn.Seq;
        _rcvNxt = syn.Seq + 1;
        _rcvEdge = _rcvNxt + (uint)Math.Min(_options.ReceiveBuffer, 65_535);
        _scaled = _options.Scale >= 0 && syn.Scale >= 0;
        _sack = _options.Sack && syn.SackPermitted;
        _stamps = _options.Timestamps && syn.Timestamps is not null;
        _recentStamp = syn.Timestamps?.Value ?? 0;
        _peerScale = _scaled ? syn.Scale : 0;
        _segment = Math.Min(_options.Mss, syn.Mss == 0 ? (ushort)536 : syn.Mss) - (_stamps ? 12 : 0);
        _wnd = syn.Window;
        CheckOffers(syn);
    }

    private void CheckOffers(GuestSegment syn)
    {
        if (syn.Is(GuestSegment.Ack) && ((_options.Scale < 0 && syn.Scale >= 0) || (!_options.Sack && syn.SackPermitted) ||
            (!_options.Timestamps && syn.Timestamps is not null)))
        {
            Violate("SYN-ACK has an option that the SYN did not offer");
        }
    }

    private void Opened(GuestSegment segment)
    {
        State = GuestTcpState.Established;
        OpenedAfter = Time.Now - _dialledAt;
        _una = _nxt = _iss + 1;
        _wnd = segment.Is(GuestSegment.Syn) ? segment.Window : (uint)segment.Window << _peerScale;
        _retries = 0;
        MeasureRoundTrip(segment);
        StopRetransmit();
        Progress();
    }

    private void SendSyn()
    {
        bool answer = State == GuestTcpState.SynReceived;
        _stack.Send(new GuestSegment
        {
            From = Local,
            To = Remote,
            Seq = _iss,
            AckNumber = answer ? _rcvNxt : 0,
            Flags = answer ? (byte)(GuestSegment.Syn | GuestSegment.Ack) : GuestSegment.Syn,
            Window = (ushort)Math.Min(_options.ReceiveBuffer, 65_535),
            Mss = _options.Mss,
            Scale = answer && !_scaled ? -1 : _options.Scale,
            SackPermitted = answer ? _sack : _options.Sack,
            Timestamps = (answer ? _stamps : _options.Timestamps) ? (StampNow, answer ? _recentStamp : 0) : null,
        });
    }

    private uint StampNow => (uint)(Time.Now / 1000) + _iss;

    private (uint, uint)? Stamps() => _stamps ? (StampNow, _recentStamp) : null;

    private GuestSegment Segment(uint seq, byte flags, byte[] payload) => new()
    {
        From = Local,
        To = Remote,
        Seq = seq,
        AckNumber = flags == GuestSegment.Rst ? 0 : _rcvNxt,
        Flags = flags,
        Window = Window(),
        Timestamps = Stamps(),
        Payload = payload,
    };

    private void Emit(uint seq, byte flags, byte[] payload) => _stack.Send(Segment(seq, flags, payload));

    private void Progress()
    {
        if (_progressAt != 0 && IsBusy)
        {
            LongestStall = Math.Max(LongestStall, Time.Now - _progressAt);
        }
        _progressAt = Time.Now;
    }

    private void Violate(string what) => _stack.Violations.Add($"{Time.Now} {Local.Port}: {what}");
}
