namespace Weft.Wire;

/// <summary>
/// Walks TCP options without allocating. A length below two or beyond the header ends the walk: what stands before the lie
/// was read, the rest is ignored, as stacks in the field do.
/// </summary>
public ref struct TcpOptionEnumerator
{
    private ReadOnlySpan<byte> _rest;

    public TcpOptionEnumerator(ReadOnlySpan<byte> options)
    {
        _rest = options;
    }

    public TcpOptionKind Kind { get; private set; }

    /// <summary>The option's bytes behind kind and length.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>The enumerator itself, for <c>foreach</c>.</summary>
    public readonly TcpOptionEnumerator Current => this;

    public bool MoveNext()
    {
        while (_rest.Length > 0 && _rest[0] == (byte)TcpOptionKind.NoOperation)
        {
            _rest = _rest[1..];
        }
        if (_rest.Length < 2 || _rest[0] == (byte)TcpOptionKind.End)
        {
            return false;
        }
        int length = _rest[1];
        if (length < 2 || length > _rest.Length)
        {
            return false;
        }
        Kind = (TcpOptionKind)_rest[0];
        Value = _rest[2..length];
        _rest = _rest[length..];
        return true;
    }
}
