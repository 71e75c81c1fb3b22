using Weft.Engine;
using Weft.Linux;

namespace Weft.Endpoints.Stream;

/// <summary>In: whole frames out of the ring; what is there first, then one read more.</summary>
public sealed unsafe partial class StreamEndpoint
{
    private ulong _cursor;
    private bool _isLying;

    public bool Poll(Burst burst)
    {
        burst.IsCut = true;
        _cursor = _ring.Start;
        LendWhole(burst);
        if (burst.IsFull || _connection < 0)
        {
            return burst.IsFull;
        }
        return _isLying ? EndsAfter(burst) : _ring.Room == 0 || Receive(burst);
    }

    public void Release(Burst burst) => _ring.Release(_cursor);

    private bool Receive(Burst burst)
    {
        int received = _ring.Receive(_connection);
        if (received > 0)
        {
            // Less than there was room for is not all: a read ends at a descriptor that came along, and at an urgent byte.
            LendWhole(burst);
            return true;
        }
        return received switch
        {
            -Errno.EAGAIN => false,
            -Errno.EINTR => true,
            _ => EndsAfter(burst),
        };
    }

    /// <summary>The connection ends, once what it has brought is through.</summary>
    private bool EndsAfter(Burst burst)
    {
        if (burst.Count > 0)
        {
            return true;
        }
        if (_cursor < _ring.End)
        {
            if (!_isLying)
            {
                _port.Drop(DropReason.Truncated);
            }
            _cursor = _ring.End;
        }
        HangUp();
        return false;
    }

    private void LendWhole(Burst burst)
    {
        int before = burst.Count;
        while (!_isLying && !burst.IsFull && _ring.End - _cursor >= LengthSize)
        {
            uint length = _ring.LengthAt(_cursor);
            if (length > MaxFrame)
            {
                // The cursor stays: a successor reads on from there, and must find what was found here.
                _isLying = true;
                _port.Drop(DropReason.BadLength);
                break;
            }
            if (_ring.End - _cursor - LengthSize < length)
            {
                break;
            }
            if (length >= EthernetSize)
            {
                _ring.Lend(burst, _cursor + LengthSize, (int)length);
            }
            else if (length > 0)
            {
                _port.Drop(DropReason.Truncated);
            }
            _cursor += LengthSize + length;
        }
        if (burst.Count > before)
        {
            _ring.MarkLent(_cursor);
        }
    }
}
