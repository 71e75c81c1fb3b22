using Weft.Wire;

namespace Weft.Gateway.Arp;

/// <summary>
/// Theory. Asks for guests that the gateway must reach and has not seen (a forward's target after a restart). An address is
///   asked        up to three requests, one second apart
///   unreachable  nobody answered: for five seconds it is not asked again, then forgotten
/// Bounded: with all places taken a new address is not asked for; its packet is dropped and the sender's own
/// retransmission asks again. The caller sends the frames; nothing here does.
/// </summary>
internal sealed class ArpResolver
{
    private const int Capacity = 64;
    private const int MaxTries = 3;
    private const long TryInterval = 1_000_000;
    private const long UnreachableFor = 5_000_000;

    private Question[] _questions = [];
    private int _count;

    /// <summary>Lane time of the next <see cref="TryTakeDue"/> that does something; <see cref="long.MaxValue"/> for none.</summary>
    public long NextDeadline { get; private set; } = long.MaxValue;

    /// <summary>True when a request for <paramref name="address"/> is to be sent now; false when one is under way or has failed lately.</summary>
    public bool Want(IpAddress address, long now)
    {
        if (IndexOf(address) >= 0 || _count == Capacity)
        {
            return false;
        }
        if (_questions.Length == 0)
        {
            _questions = new Question[Capacity];
        }
        _questions[_count++] = new Question { Address = address, Tries = 1, At = now + TryInterval };
        NextDeadline = Math.Min(NextDeadline, now + TryInterval);
        return true;
    }

    /// <summary>The address was learned. True when it had been asked for.</summary>
    public bool Resolved(IpAddress address)
    {
        int index = IndexOf(address);
        if (index >= 0)
        {
            _questions[index] = _questions[--_count];
        }
        return index >= 0;
    }

    /// <summary>Nobody answered for it lately: a flow toward it may be told so at once.</summary>
    public bool IsUnreachable(IpAddress address)
    {
        int index = IndexOf(address);
        return index >= 0 && _questions[index].Tries > MaxTries;
    }

    /// <summary>The next address to ask for again; call until false.</summary>
    public bool TryTakeDue(long now, out IpAddress address)
    {
        address = default;
        if (now < NextDeadline)
        {
            return false;
        }
        for (int i = _count - 1; i >= 0; i--)
        {
            ref Question question = ref _questions[i];
            if (question.At > now)
            {
                continue;
            }
            question.Tries++;
            if (question.Tries <= MaxTries)
            {
                question.At = now + TryInterval;
                address = question.Address;
                return true;
            }
            if (question.Tries == MaxTries + 1)
            {
                question.At = now + UnreachableFor;
                continue;
            }
            question = _questions[--_count];
        }
        NextDeadline = Earliest();
        return false;
    }

    private int IndexOf(IpAddress address)
    {
        for (int i = 0; i < _count; i++)
        {
            if (_questions[i].Address == address)
            {
                return i;
            }
        }
        return -1;
    }

    private long Earliest()
    {
        long earliest = long.MaxValue;
        for (int i = 0; i < _count; i++)
        {
            earliest = Math.Min(earliest, _questions[i].At);
        }
        return earliest;
    }

    private struct Question
    {
        public IpAddress Address;
        public long At;
        public int Tries;
    }
}
