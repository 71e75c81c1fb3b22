using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weft.Cli.Demo;

/// <summary>An endless stream in which every 8-byte word tells its own position, so a lost, doubled, moved or changed byte shows.</summary>
/// <remarks>Word i is seed + i × 2⁶⁴/φ, little endian. Pieces may have any length; the position goes on from piece to piece.</remarks>
internal struct PatternStream(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>Bytes filled or checked so far.</summary>
    public long Position { get; private set; }

    /// <summary>Writes the next bytes of the stream.</summary>
    public void Fill(Span<byte> piece)
    {
        Span<byte> word = stackalloc byte[8];
        while (piece.Length > 0)
        {
            int offset = (int)(Position & 7);
            if (offset == 0 && piece.Length >= 8)
            {
                int whole = piece.Length & ~7;
                FillWords(piece[..whole]);
                piece = piece[whole..];
                continue;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(word, WordAt(Position));
            int count = Math.Min(8 - offset, piece.Length);
            word.Slice(offset, count).CopyTo(piece);
            Position += count;
            piece = piece[count..];
        }
    }

    /// <summary>True when the piece is the next bytes of the stream; the position moves on either way.</summary>
    public bool Check(ReadOnlySpan<byte> piece)
    {
        Span<byte> expected = stackalloc byte[4096];
        bool right = true;
        while (piece.Length > 0)
        {
            int count = Math.Min(expected.Length, piece.Length);
            Fill(expected[..count]);
            right &= piece[..count].SequenceEqual(expected[..count]);
            piece = piece[count..];
        }

        return right;
    }

    /// <summary>SHA-256 of the stream's first bytes, in lower-case hex as sha256sum prints it.</summary>
    public static string Hash(ulong seed, long bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        PatternStream stream = new(seed);
        byte[] piece = new byte[64 * 1024];
        while (stream.Position < bytes)
        {
            Span<byte> part = piece.AsSpan(0, (int)Math.Min(piece.Length, bytes - stream.Position));
            stream.Fill(part);
            hash.AppendData(part);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private readonly ulong WordAt(long position) => seed + ((ulong)(position >> 3) * Step);

    private void FillWords(Span<byte> words)
    {
        ulong word = WordAt(Position);
        for (int i = 0; i < words.Length; i += 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(words[i..], word);
            word += Step;
        }

        Position += words.Length;
    }
}
