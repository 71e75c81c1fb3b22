using System.Runtime.InteropServices;

namespace Weft.Tests.Wire;

/// <summary>Native memory of exactly as many bytes as asked for.</summary>
internal sealed unsafe class NativeBytes : IDisposable
{
    public NativeBytes(int length)
    {
        Length = length;
        At = (byte*)NativeMemory.AllocZeroed((nuint)Math.Max(length, 1));
    }

    public NativeBytes(ReadOnlySpan<byte> bytes)
        : this(bytes.Length)
    {
        bytes.CopyTo(Span);
    }

    public byte* At { get; }

    public int Length { get; }

    public Span<byte> Span => new(At, Length);

    public void Dispose() => NativeMemory.Free(At);
}
