using System.Runtime.InteropServices;
using Weft.Engine;

namespace Weft.Gateway.Nat.Tcp;

/// <summary>
/// Theory. Segments of a guest that came ahead of a hole. They are kept so that the guest need not send them again, and
/// reported by SACK; they are not acknowledged, so losing them with the worker loses nothing (a guest may be reneged on,
/// RFC 2018 §8). Bounded: so many stores for all flows, each so many blocks of one segment up to 64 KiB, allocated from a
/// pool shared by all stores. What does not fit is dropped and comes again.
/// </summary>
internal sealed unsafe class ReorderStores : IDisposable
{
    /// <summary>The largest window offered, 1 MiB, in segments of an MTU of 1500: what does not fit here is lost, and a guest
    /// without SACK mends one loss a round trip.</summary>
    private const int BlocksPerStore = 768;
    private const int SmallBlock = 2048;
    private const int LargeBlock = 65536;

    [StructLayout(LayoutKind.Sequential)]
    private struct Block
    {
        public uint Seq;
        public int Length;
        public byte* Data;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Store
    {
        public int Count;

        /// <summary>Where the newest block lies: its range is reported first (RFC 2018 §4).</summary>
        public uint Newest;
    }

    private readonly Store* _stores;
    private readonly Block* _blocks;
    private readonly byte* _memory;
    private readonly IndexPool _pool;
    private readonly IndexPool _small;
    private readonly IndexPool _large;
    private readonly byte* _largeStart;

    public ReorderStores(int capacity, int smallBlocks, int largeBlocks)
    {
        _stores = (Store*)NativeMemory.AllocZeroed((nuint)capacity, (nuint)sizeof(Store));
        _blocks = (Block*)NativeMemory.AllocZeroed((nuint)capacity * BlocksPerStore, (nuint)sizeof(Block));
        _memory = (byte*)NativeMemory.Alloc((nuint)smallBlocks * SmallBlock + (nuint)largeBlocks * LargeBlock);
        _largeStart = _memory + smallBlocks * SmallBlock;
        _pool = new IndexPool(capacity);
        _small = new IndexPool(smallBlocks);
        _large = new IndexPool(largeBlocks);
    }

    public int InUse => _pool.Count;

    public short Rent()
    {
        short store = (short)_pool.Rent();
        if (store >= 0)
        {
            _stores[store] = default;
        }
        return store;
    }

    public void Return(short store)
    {
        Block* blocks = BlocksOf(store);
        for (int i = 0; i < _stores[store].Count; i++)
        {
            ReturnMemory(blocks[i].Data);
        }
        _stores[store].Count = 0;
        _pool.Return(store);
    }

    public bool IsEmpty(short store) => _stores[store].Count == 0;

    /// <summary>Keeps <paramref name="length"/> bytes of a frame from <paramref name="offset"/> on. False when it is known already or there is no room.</summary>
    public bool TryKeep(short store, uint seq, in FrameRef frame, int offset, int length)
    {
        Block* blocks = BlocksOf(store);
        int count = _stores[store].Count;
        int at = count;
        while (at > 0 && !Sequence.Before(blocks[at - 1].Seq, seq))
        {
            at--;
        }
        _stores[store].Newest = seq;
        bool known = (at < count && blocks[at].Seq == seq && blocks[at].Length >= length) ||
            (at > 0 && !Sequence.Before(blocks[at - 1].Seq + (uint)blocks[at - 1].Length, seq + (uint)length));
        byte* memory = known || count == BlocksPerStore ? null : RentMemory(length);
        if (memory == null)
        {
            return false;
        }
        FrameBytes.Copy(in frame, offset, length, memory);
        Buffer.MemoryCopy(blocks + at, blocks + at + 1, (BlocksPerStore - at - 1) * sizeof(Block), (count - at) * sizeof(Block));
        blocks[at] = new Block { Seq = seq, Length = length, Data = memory };
        _stores[store].Count = count + 1;
        return true;
    }

    /// <summary>Takes what follows <paramref name="next"/> without a hole: the first block, trimmed. False when a hole is first.
    /// The bytes stay valid until <see cref="DropFirst"/>.</summary>
    public bool TryFirst(short store, uint next, out IoVec run)
    {
        Block* blocks = BlocksOf(store);
        run = default;
        while (_stores[store].Count > 0 && !Sequence.After(blocks[0].Seq + (uint)blocks[0].Length, next))
        {
            DropFirst(store);
        }
        if (_stores[store].Count == 0 || Sequence.After(blocks[0].Seq, next))
        {
            return false;
        }
        uint skip = next - blocks[0].Seq;
        run = new IoVec(blocks[0].Data + skip, (nuint)blocks[0].Length - skip);
        return true;
    }

    public void DropFirst(short store)
    {
        Block* blocks = BlocksOf(store);
        ReturnMemory(blocks[0].Data);
        int count = --_stores[store].Count;
        Buffer.MemoryCopy(blocks + 1, blocks, (BlocksPerStore - 1) * sizeof(Block), count * sizeof(Block));
    }

    /// <summary>Writes up to <paramref name="most"/> SACK blocks, the newest first, as they stand in the option; returns how many.
    /// What follows <paramref name="next"/> without a hole waits for the socket and is not reported.</summary>
    public int WriteSackBlocks(short store, uint next, int most, Span<uint> pairs)
    {
        Block* blocks = BlocksOf(store);
        int count = _stores[store].Count;
        int written = 0;
        for (int pass = 0; pass < 2 && written < most; pass++)
        {
            for (int i = 0; i < count && written < most;)
            {
                uint from = blocks[i].Seq;
                uint to = from + (uint)blocks[i].Length;
                for (i++; i < count && !Sequence.After(blocks[i].Seq, to); i++)
                {
                    to = Sequence.Later(to, blocks[i].Seq + (uint)blocks[i].Length);
                }
                bool newest = Sequence.Within(_stores[store].Newest, from, to - 1);
                if (newest == (pass == 0) && Sequence.After(from, next))
                {
                    pairs[2 * written] = from;
                    pairs[2 * written + 1] = to;
                    written++;
                }
            }
        }
        return written;
    }

    public void Dispose()
    {
        NativeMemory.Free(_stores);
        NativeMemory.Free(_blocks);
        NativeMemory.Free(_memory);
        _pool.Dispose();
        _small.Dispose();
        _large.Dispose();
    }

    private Block* BlocksOf(short store) => _blocks + store * BlocksPerStore;

    /// <summary>Room for so many bytes; null when there is none.</summary>
    private byte* RentMemory(int length)
    {
        bool isSmall = length <= SmallBlock;
        int index = length > LargeBlock ? -1 : (isSmall ? _small : _large).Rent();
        return index < 0 ? null : isSmall ? _memory + index * SmallBlock : _largeStart + index * LargeBlock;
    }

    private void ReturnMemory(byte* data)
    {
        if (data < _largeStart)
        {
            _small.Return((int)(data - _memory) / SmallBlock);
        }
        else
        {
            _large.Return((int)(data - _largeStart) / LargeBlock);
        }
    }
}
