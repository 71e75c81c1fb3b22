using Weft.Linux.Memory;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Walks a descriptor chain piece by piece, the pieces being what lies together in our mapping. Each descriptor is copied
/// once and the copy is checked; no chain is longer than its table, so a loop ends. What cannot be is a fault: the walk
/// ends, and the caller drops the frame.
/// </summary>
internal unsafe ref struct ChainReader
{
    private readonly GuestMemory _memory;
    private readonly ushort _direction;
    private Descriptor _current;
    private Descriptor* _table;
    private uint _tableSize;
    private uint _left;
    private bool _isIndirect;
    private bool _isOver;

    /// <param name="first">The copy of the chain's first descriptor.</param>
    /// <param name="writable">True for a chain that we write into.</param>
    public ChainReader(SplitRing ring, GuestMemory memory, scoped in Descriptor first, bool writable)
    {
        _memory = memory;
        _direction = writable ? Descriptor.DeviceWrites : (ushort)0;
        _table = ring.Table;
        _tableSize = _left = (uint)ring.Size;
        _current = first;
        Enter();
    }

    /// <summary>The chain is not what the standard allows, or leads outside of the guest's memory.</summary>
    public bool IsFaulty { get; private set; }

    /// <summary>The next piece; false at the end, or after a fault.</summary>
    public bool TryNext(out byte* at, out uint length, out ulong address)
    {
        while (!_isOver)
        {
            address = _current.Address;
            length = _current.Length;
            if (length == 0)
            {
                Advance();
                continue;
            }
            at = _memory.At(address, length);
            if (at is not null)
            {
                Advance();
                return true;
            }
            at = _memory.Piece(address, ref length);
            if (at is null)
            {
                Fault();
                return false;
            }
            _current.Address += length;
            _current.Length -= length;
            return true;
        }
        at = null;
        length = 0;
        address = 0;
        return false;
    }

    private void Advance()
    {
        if ((_current.Flags & Descriptor.HasNext) == 0)
        {
            _isOver = true;
            return;
        }
        if (_current.Next >= _tableSize || _left == 0)
        {
            Fault();
            return;
        }
        _current = _table[_current.Next];
        Enter();
    }

    /// <summary>Checks the descriptor that has just been copied; an indirect one leads into its table.</summary>
    private void Enter()
    {
        _left--;
        if ((_current.Flags & Descriptor.IsIndirect) != 0)
        {
            bool isSound = !_isIndirect && (_current.Flags & Descriptor.HasNext) == 0 &&
                _current.Length >= Descriptor.Size && _current.Length % Descriptor.Size == 0;
            byte* table = isSound ? _memory.At(_current.Address, _current.Length) : null;
            if (table is null)
            {
                Fault();
                return;
            }
            _isIndirect = true;
            _table = (Descriptor*)table;
            _tableSize = _current.Length / Descriptor.Size;
            _left = Math.Min(_tableSize, SplitRing.MaxSize) - 1;
            _current = _table[0];
            if ((_current.Flags & Descriptor.IsIndirect) != 0)
            {
                Fault();
                return;
            }
        }
        if ((_current.Flags & Descriptor.DeviceWrites) != _direction)
        {
            Fault();
        }
    }

    private void Fault()
    {
        IsFaulty = true;
        _isOver = true;
    }
}
