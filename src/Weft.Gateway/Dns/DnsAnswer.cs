using Weft.Engine;

namespace Weft.Gateway.Dns;

internal enum DnsVerdict : byte
{
    /// <summary>No answer; <see cref="DnsAnswer.Reason"/> says why.</summary>
    Drop,

    /// <summary>The answer is written.</summary>
    Answer,

    /// <summary>Not ours to answer: to an upstream, byte for byte.</summary>
    Forward,
}

/// <param name="Length">Bytes of the answer.</param>
internal readonly record struct DnsAnswer(DnsVerdict Verdict, int Length = 0, DropReason Reason = DropReason.None)
{
    /// <summary>Room that any local answer fits into: a name of 255 bytes, an SOA with two more, eight addresses.</summary>
    public const int MaxSize = 1232;
}
