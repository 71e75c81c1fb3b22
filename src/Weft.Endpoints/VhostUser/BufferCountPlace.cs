using Weft.Wire;

namespace Weft.Endpoints.VhostUser;

/// <summary>
/// Where the count of merged buffers went, the last two bytes of a frame's header: known when the frame is all in, while the
/// header may lie in pieces of any size (VIRTIO_F_ANY_LAYOUT).
/// </summary>
internal unsafe struct BufferCountPlace
{
    private byte* _low;
    private byte* _high;
    private int _passed;

    /// <summary>The next bytes of header and frame lie at <paramref name="at"/>.</summary>
    public void Passed(byte* at, int length)
    {
        _low = Holds(Offload.Size, length) ? at + (Offload.Size - _passed) : _low;
        _high = Holds(Offload.Size + 1, length) ? at + (Offload.Size + 1 - _passed) : _high;
        _passed += length;
    }

    public readonly void Write(ushort count)
    {
        if (_low is not null && _high is not null)
        {
            *_low = (byte)count;
            *_high = (byte)(count >> 8);
        }
    }

    private readonly bool Holds(int offset, int length) => _passed <= offset && offset < _passed + length;
}
