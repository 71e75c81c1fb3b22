namespace Weft.Gateway.Dhcp;

/// <summary>
/// One lane's ACKs that wait for the journal, in order; a fixed number, in memory made with the first. When it is full the
/// lane drops requests before the server sees them: the client asks again.
/// </summary>
internal sealed class DhcpCommits(LeaseJournal journal)
{
    public const int Capacity = 128;

    private DhcpReply[] _replies = [];
    private byte[] _payloads = [];
    private uint _head;
    private uint _tail;

    /// <summary>Ask before <see cref="DhcpServer.Handle"/>; drop with <see cref="Engine.DropReason.RateLimited"/> when true.</summary>
    public bool IsFull => _tail - _head == Capacity;

    public bool IsEmpty => _tail == _head;

    /// <summary>Hands the change of <paramref name="reply"/> to the journal, and keeps the payload when it must wait for it.</summary>
    public void Add(in DhcpReply reply, ReadOnlySpan<byte> payload)
    {
        if (reply.Change is not { } change)
        {
            return;
        }
        if (reply.Outcome == DhcpOutcome.SendAfterCommit && !IsFull)
        {
            if (_replies.Length == 0)
            {
                _replies = new DhcpReply[Capacity];
                _payloads = new byte[Capacity * DhcpReply.MaxSize];
            }
            int at = (int)(_tail++ % Capacity);
            _replies[at] = reply;
            payload.CopyTo(_payloads.AsSpan(at * DhcpReply.MaxSize, DhcpReply.MaxSize));
        }
        journal.Append(change);
    }

    /// <summary>The next reply whose lease is safe; the payload is valid until the next call of <see cref="Add"/>.</summary>
    public bool TryTake(out DhcpReply reply, out ReadOnlySpan<byte> payload)
    {
        int at = (int)(_head % Capacity);
        if (IsEmpty || !_replies[at].Change!.IsCommitted)
        {
            reply = default;
            payload = default;
            return false;
        }
        _head++;
        reply = _replies[at];
        _replies[at] = default;
        payload = _payloads.AsSpan(at * DhcpReply.MaxSize, reply.Length);
        return true;
    }
}
