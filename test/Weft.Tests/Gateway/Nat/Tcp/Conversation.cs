using Weft.Engine;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

internal enum Closing
{
    GuestFirst,
    HostFirst,
    Together,

    /// <summary>A host client calls the guest through the bench's forward, which is open by then; the guest closes first.</summary>
    Called,
}

/// <summary>A scripted conversation: connect, question up, answer down, both ends closed; and what must be true of it at the end.</summary>
internal sealed class Conversation
{
    public const long Question = 21_000;
    public const long Answer = 34_000;

    /// <summary>A small window, so that the answer takes many turns.</summary>
    private static readonly GuestOptions Options = GuestOptions.Usual with { ReceiveBuffer = 8 * 1024, AckAfter = 1460 };

    private static readonly HostEnd Client = new(IpAddress.FromV4(0xc6336409), 5555);

    private readonly TcpBench _bench;
    private readonly Closing _closing;
    private readonly List<AnsweringPeer> _peers = [];
    private GuestTcp? _guest;

    public Conversation(TcpBench bench, Closing closing)
    {
        _bench = bench;
        _closing = closing;
        bench.World.RoundBytes = 4096;
        bench.World.Serve(TcpBench.Server, NewPeer);
    }

    public GuestTcp? Guest => _guest ?? _bench.Guest.Accepted.FirstOrDefault(guest => guest.State != GuestTcpState.Closed || guest.Received > 0);

    private AnsweringPeer? Peer => _peers.OrderByDescending(peer => peer.BytesRead + peer.BytesWritten + (peer.SawFin ? 1 : 0)).FirstOrDefault();

    /// <summary>Plays it to the end; null when all is right, else what is not.</summary>
    public string? Play(long limit = 30_000_000)
    {
        Begin();
        bool ended = _bench.RunUntil(IsOver, limit);
        return ended ? Verdict() : $"stands still: {this}";
    }

    public override string ToString() =>
        $"{_closing}, {_bench.Kills} kills, guest {Guest?.State} got {Guest?.Received} fin {Guest?.SawFin}, acked {Guest?.Acknowledged}, reset {Guest?.SawReset}; " +
        $"peer got {Peer?.BytesRead} fin {Peer?.SawFin} reset {Peer?.SawReset}; flows {_bench.Table.Count}, connections {_peers.Count}";

    private void Begin()
    {
        if (_closing == Closing.Called)
        {
            _bench.Guest.Listen(80, Options);
            _bench.Guest.OnAccept = accepted => accepted.OnOpen = Script;
            _bench.Call(Client, NewPeer());
            return;
        }
        _guest = _bench.Guest.Dial(TcpBench.Server, Options);
        _guest.OnOpen = Script;
    }

    /// <summary>The question goes out in portions, so that there are many calls to be killed at.</summary>
    private void Ask(GuestTcp guest, int portions)
    {
        guest.Write(Question / 6);
        if (portions > 1)
        {
            _bench.World.Time.After(700, () => Ask(guest, portions - 1));
        }
        else if (_closing is Closing.GuestFirst or Closing.Called)
        {
            guest.Finish();
        }
    }

    private void Script(GuestTcp guest)
    {
        Ask(guest, 6);
        if (_closing is Closing.HostFirst or Closing.Together)
        {
            guest.OnReceived = received =>
            {
                if (_closing == Closing.HostFirst ? received.SawFin : received.Received >= Answer)
                {
                    received.Finish();
                }
            };
        }
    }

    private AnsweringPeer NewPeer()
    {
        var peer = new AnsweringPeer(Question, Answer);
        _peers.Add(peer);
        return peer;
    }

    private bool IsOver()
    {
        bool guestOver = Guest is { } guest && (guest.IsFinished || guest.State == GuestTcpState.Closed);
        return guestOver && (Peer is { SawFin: true } or { SawReset: true }) && _bench.Table.Count == 0;
    }

    private string? Verdict()
    {
        GuestTcp guest = Guest!;
        AnsweringPeer peer = Peer!;
        bool right = guest.Received == Answer && guest.FirstWrong < 0 && guest.SawFin && peer.BytesRead == Question && peer.FirstWrong < 0 && peer.SawFin && _peers.Count == 1;
        return right && _bench.Violations.Count == 0 ? null : $"{this} {string.Join("; ", _bench.Violations)}";
    }
}
