using System.Runtime.InteropServices;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// Theory. What the guest has reported by SACK above its cumulative acknowledgement (RFC 2018, used as in RFC 6675): per flow
/// at most eight ranges in order, from a bounded pool for all flows. It says only what need not be sent again; losing a
/// range, or having no board at all, costs a repeated segment, never a byte.
/// </summary>
internal sealed unsafe class SackBoards(int capacity) : IDisposable
{
    private const int Ranges = 8;

    [StructLayout(LayoutKind.Sequential)]
    private struct Board
    {
        public int Count;
        public fixed uint From[Ranges];
        public fixed uint To[Ranges];
    }

    private readonly Board* _boards = (Board*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(Board));
    private readonly IndexPool _pool = new(capacity);

    public int InUse => _pool.Count;

    /// <summary>A free board; −1 when all are in use.</summary>
    public short Rent()
    {
        short board = (short)_pool.Rent();
        if (board >= 0)
        {
            _boards[board].Count = 0;
        }
        return board;
    }

    public void Return(short board) => _pool.Return(board);

    /// <summary>Notes that [from, to) arrived.</summary>
    public void Add(short index, uint from, uint to)
    {
        ref Board board = ref _boards[index];
        int at = 0;
        while (at < board.Count && Sequence.Before(board.To[at], from))
        {
            at++;
        }
        int last = at;
        while (last < board.Count && !Sequence.Before(to, board.From[last]))
        {
            from = Sequence.Earlier(from, board.From[last]);
            to = Sequence.Later(to, board.To[last]);
            last++;
        }
        if (last == at)
        {
            if (board.Count == Ranges)
            {
                return;
            }
            Shift(ref board, at, at + 1);
        }
        else if (last > at + 1)
        {
            Shift(ref board, last, at + 1);
        }
        board.From[at] = from;
        board.To[at] = to;
    }

    /// <summary>Forgets everything below the cumulative acknowledgement.</summary>
    public void Trim(short index, uint una)
    {
        ref Board board = ref _boards[index];
        int gone = 0;
        while (gone < board.Count && !Sequence.After(board.To[gone], una))
        {
            gone++;
        }
        if (gone > 0)
        {
            Shift(ref board, gone, 0);
        }
    }

    public bool IsEmpty(short index) => _boards[index].Count == 0;

    /// <summary>One past the highest byte reported.</summary>
    public uint Highest(short index) => _boards[index].To[_boards[index].Count - 1];

    /// <summary>The first hole at or after <paramref name="from"/> that lies below a reported range; false when there is none.</summary>
    public bool TryNextHole(short index, uint from, out uint start, out uint end)
    {
        ref Board board = ref _boards[index];
        start = from;
        end = from;
        for (int i = 0; i < board.Count; i++)
        {
            if (Sequence.Before(start, board.From[i]))
            {
                end = board.From[i];
                return true;
            }
            start = Sequence.Later(start, board.To[i]);
        }
        return false;
    }

    public void Dispose()
    {
        NativeMemory.Free(_boards);
        _pool.Dispose();
    }

    private static void Shift(ref Board board, int from, int to)
    {
        int count = board.Count - from;
        fixed (uint* starts = board.From, ends = board.To)
        {
            Buffer.MemoryCopy(starts + from, starts + to, (Ranges - to) * sizeof(uint), count * sizeof(uint));
            Buffer.MemoryCopy(ends + from, ends + to, (Ranges - to) * sizeof(uint), count * sizeof(uint));
        }
        board.Count += to - from;
    }
}
