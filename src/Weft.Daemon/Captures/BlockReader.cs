using System.Buffers.Binary;
using System.Net.Sockets;
using Weft.Engine.Cables;

namespace Weft.Daemon.Captures;

/// <summary>Takes whole blocks out of a worker's stream; half a one at its end (the worker was killed) is left out.</summary>
internal sealed class BlockReader
{
    private const int LeastBlock = 12;

    private readonly byte[] _buffer = new byte[8 * PcapngSection.LongestBlock];
    private int _start;
    private int _end;

    /// <summary>The next block if it is whole here; it is valid until the next call.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> block)
    {
        block = default;
        int waiting = _end - _start;
        if (waiting < LeastBlock)
        {
            return false;
        }
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(_buffer.AsSpan(_start + 4));
        if (length is < LeastBlock or > PcapngSection.LongestBlock)
        {
            throw new InvalidDataException($"a block of {length} bytes");
        }
        if (waiting < length)
        {
            return false;
        }
        block = _buffer.AsMemory(_start, (int)length);
        _start += (int)length;
        return true;
    }

    /// <summary>Reads more; false at the end.</summary>
    public async ValueTask<bool> FillAsync(Socket from, CancellationToken end)
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        int read = await from.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, end);
        _end += read;
        return read > 0;
    }

    /// <summary>Another worker's stream begins.</summary>
    public void Clear() => _start = _end = 0;

    public static uint TypeOf(ReadOnlyMemory<byte> block) => BinaryPrimitives.ReadUInt32LittleEndian(block.Span);
}
