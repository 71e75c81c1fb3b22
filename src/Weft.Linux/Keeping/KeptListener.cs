using Weft.Engine;
using Weft.Linux.Sockets;

namespace Weft.Linux.Keeping;

/// <summary>
/// Theory. The listening socket of a port, whose connections the keeper accepts: one that came while a worker was dying lies in its
/// slot already.
///   readable → question at the end of the turn → connections with their slots → the answer that no more wait
/// Who calls while the keeper is being asked may come after its look, and readable is told once: then it is asked again. Without a
/// keeper, or with one that does not hold the listener, the connections are accepted here. A keeper that could not is asked
/// again after a pause.
/// </summary>
/// <param name="listener">The socket; −1: there is none, nobody ever comes.</param>
/// <param name="slot">Where the keeper has it; −1: nowhere.</param>
/// <param name="take">Takes a connection and its slot; both are the taker's from then on.</param>
public sealed class KeptListener(Lane lane, IConnectionKeeper keeper, int listener, int slot, Action<int, int> take) : IAcceptTarget
{
    private const long Pause = 200_000;

    private bool _asked;
    private bool _moreCame;
    private bool _isOver;

    public int ListenerSlot => _isOver ? -1 : slot;

    /// <summary>When <see cref="Accept"/> is to be called without a word of the kernel; for the deadline of who owns this.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>Somebody waits, or may: the listener is readable, or the deadline has come.</summary>
    public void Accept()
    {
        NextDeadline = long.MaxValue;
        _moreCame = _asked;
        if (_isOver || _asked)
        {
            return;
        }
        _asked = slot >= 0 && keeper.AskAccept(this);
        if (!_asked)
        {
            AcceptAlone();
        }
    }

    /// <summary>No connection is taken any more; one that the keeper still brings is ended.</summary>
    public void Close() => _isOver = true;

    public void OnAccepted(int socket, int slotOfSocket)
    {
        if (_isOver)
        {
            keeper.End(socket, slotOfSocket);
            return;
        }
        take(socket, slotOfSocket);
    }

    public void OnAcceptEnd(int result)
    {
        _asked = false;
        if (result is 0 or -Errno.ECONNRESET || (result == -Errno.EAGAIN && _moreCame))
        {
            Accept();
        }
        else if (result == -Errno.EBADF)
        {
            AcceptAlone();
        }
        else if (result != -Errno.EAGAIN)
        {
            NextDeadline = lane.Now + Pause;
        }
    }

    private void AcceptAlone()
    {
        int accepted;
        while (!_isOver && listener >= 0 && (accepted = SocketCalls.Accept(listener)) >= 0)
        {
            take(accepted, keeper.Keep(accepted));
        }
    }
}
