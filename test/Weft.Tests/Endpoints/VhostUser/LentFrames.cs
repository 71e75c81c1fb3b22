using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Wire;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Frames as a switch delivers them: a head, and runs that lie elsewhere.</summary>
internal sealed unsafe class LentFrames : IDisposable
{
    private readonly List<nint> _memory = [];
    private readonly FrameRef* _frames = (FrameRef*)NativeMemory.AllocZeroed(Burst.Capacity, (nuint)sizeof(FrameRef));
    private int _count;

    public ReadOnlySpan<FrameRef> Frames => new(_frames, _count);

    /// <param name="runs">Pieces that follow the head.</param>
    public LentFrames Add(ReadOnlySpan<byte> bytes, Offload offload = default, int runs = 1)
    {
        int inHead = Math.Min(bytes.Length, Burst.HeadSize);
        byte* head = Copy(bytes[..inHead], FrameRef.Headroom) + FrameRef.Headroom;
        ref FrameRef frame = ref _frames[_count++];
        frame = new FrameRef { Head = head, HeadLength = inHead, Length = bytes.Length, Offload = offload };
        ReadOnlySpan<byte> rest = bytes[inHead..];
        frame.Rest = (IoVec*)Copy(new byte[sizeof(IoVec) * runs], 0);
        for (int each = (rest.Length + runs - 1) / runs; !rest.IsEmpty; rest = rest[Math.Min(each, rest.Length)..])
        {
            int length = Math.Min(each, rest.Length);
            frame.Rest[frame.RestCount++] = new IoVec(Copy(rest[..length], 0), (nuint)length);
        }
        return this;
    }

    public void Dispose()
    {
        _memory.ForEach(block => NativeMemory.Free((void*)block));
        NativeMemory.Free(_frames);
    }

    private byte* Copy(ReadOnlySpan<byte> bytes, int inFront)
    {
        byte* memory = (byte*)NativeMemory.AllocZeroed((nuint)(inFront + bytes.Length));
        _memory.Add((nint)memory);
        bytes.CopyTo(new Span<byte>(memory + inFront, bytes.Length));
        return memory;
    }
}
