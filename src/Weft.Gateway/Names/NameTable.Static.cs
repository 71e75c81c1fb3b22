using Weft.Wire;
using Weft.Wire.Dns;

namespace Weft.Gateway.Names;

/// <summary>
/// Names that the network's owner gives. A full name lies here in its wire form, labels behind their lengths and a zero at the
/// end: a query's name is looked up as it came, and no label of a host is taken for one. They always have room: whoever puts
/// them has bounded them.
/// </summary>
internal sealed partial class NameTable
{
    /// <summary>A full name, as opposed to one label.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> name) => name is [.., 0];

    /// <summary>Gives a name these addresses in place of its former ones. The first of them is the first of an answer.</summary>
    /// <param name="name">A label, or a full name in wire form; in lower case.</param>
    public void SetStatic(ReadOnlySpan<byte> name, ReadOnlySpan<IpAddress> addresses)
    {
        RemoveStatic(name);
        for (int i = addresses.Length - 1; i >= 0; i--)
        {
            Insert(name, addresses[i], NameSource.Static, long.MaxValue);
        }
    }

    public void RemoveStatic(ReadOnlySpan<byte> name)
    {
        if (!HasStatic(name))
        {
            return;
        }
        for (int i = _count - 1; i >= 0; i--)
        {
            if (IsStatic(in _entries[i], name))
            {
                _entries[i] = _entries[--_count];
            }
        }
        Relink();
    }

    private bool HasStatic(ReadOnlySpan<byte> name)
    {
        for (int i = _byLabel[ChainOf(HostLabel.Hash(name))]; i != None; i = _entries[i].NextByLabel)
        {
            if (IsStatic(in _entries[i], name))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsStatic(in Entry entry, ReadOnlySpan<byte> name) =>
        entry.Source == NameSource.Static && entry.Label.AsSpan().SequenceEqual(name);
}
