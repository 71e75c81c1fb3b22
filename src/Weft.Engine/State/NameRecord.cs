using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.State;

/// <summary>One static name. Zero <see cref="Id"/> = free. A change is a new record in another place: of two with one name the younger counts.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct NameRecord
{
    public const int MaxAddresses = 8;

    /// <summary>Written last at birth and zeroed first at death; never used twice.</summary>
    public ulong Id;

    /// <summary>The declared network: "lab", or "nat" for all of "nat/alpha:1", "nat/beta:1" …</summary>
    public Text64 Network;

    /// <summary>A label, or a full name with dots; in lower case.</summary>
    public Text256 Name;

    /// <summary>How many of <see cref="Addresses"/> there are.</summary>
    public uint Count;
    public Addresses8 Addresses;

    [InlineArray(MaxAddresses)]
    public struct Addresses8
    {
        private IpAddress _first;
    }
}
