using System.Runtime.InteropServices;
using Weft.Linux;

namespace Weft.Endpoints.VhostUser;

/// <summary>Head of every message, either way (vhost-user, "Header"); host byte order.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct VhostHeader
{
    public const int Size = 12;

    public const uint Version = 1;
    public const uint VersionMask = 3;
    public const uint IsReply = 4;
    public const uint NeedsReply = 8;

    public VhostRequest Request;
    public uint Flags;

    /// <summary>Bytes that follow.</summary>
    public uint Length;
}

/// <summary>
/// One request as it was received, and the answer as it is written: the handlers' only argument. Native memory; one per
/// connection. Descriptors that no handler took are closed when the next message begins.
/// </summary>
internal sealed unsafe class VhostMessage : IDisposable
{
    public const int MaxPayload = 4096;

    /// <summary>A memory table brings eight.</summary>
    public const int MaxDescriptors = 8;

    private readonly int[] _descriptors = new int[MaxDescriptors];
    private readonly byte* _bytes = (byte*)NativeMemory.AllocZeroed(VhostHeader.Size + MaxPayload);
    private int _descriptorCount;

    public byte* Bytes => _bytes;

    public ref VhostHeader Header => ref *(VhostHeader*)_bytes;

    public byte* Payload => _bytes + VhostHeader.Size;

    public int Length => (int)Header.Length;

    /// <summary>Descriptors that came and were not taken.</summary>
    public int DescriptorCount => _descriptorCount;

    /// <summary>Bytes of the answer's payload; −1: there is none of its own.</summary>
    public int AnswerLength { get; private set; } = -1;

    public Span<int> FreeDescriptors => _descriptors.AsSpan(_descriptorCount);

    public void Begin()
    {
        CloseRest();
        AnswerLength = -1;
        new Span<byte>(_bytes, VhostHeader.Size).Clear();
    }

    public void Came(int descriptors) => _descriptorCount += descriptors;

    /// <summary>The payload as <typeparamref name="T"/>; false when it has another length.</summary>
    public bool TryRead<T>(out T value)
        where T : unmanaged
    {
        bool fits = Length == sizeof(T);
        value = fits ? *(T*)Payload : default;
        return fits;
    }

    /// <summary>The next descriptor, the caller's from here on; −1 when none is left.</summary>
    public int TakeDescriptor()
    {
        if (_descriptorCount == 0)
        {
            return -1;
        }
        int first = _descriptors[0];
        _descriptorCount--;
        _descriptors.AsSpan(1, _descriptorCount).CopyTo(_descriptors);
        return first;
    }

    public void Answer<T>(T value)
        where T : unmanaged
    {
        *(T*)Payload = value;
        AnswerLength = sizeof(T);
    }

    /// <summary>An answer that was written into <see cref="Payload"/>.</summary>
    public void AnswerWith(int length) => AnswerLength = length;

    public void Dispose()
    {
        CloseRest();
        NativeMemory.Free(_bytes);
    }

    private void CloseRest()
    {
        for (; _descriptorCount > 0; _descriptorCount--)
        {
            FileCalls.Close(_descriptors[_descriptorCount - 1]);
        }
    }
}
