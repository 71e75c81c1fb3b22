namespace Weft.Wire;

/// <summary>A MAC address within a VLAN: VLAN id in the upper 16 bits (0 = untagged), address in the lower 48.</summary>
public readonly record struct MacKey(ulong Value)
{
    public MacKey(ushort vlan, MacAddress mac)
        : this(((ulong)vlan << 48) | mac.Value)
    {
    }

    public ushort Vlan => (ushort)(Value >> 48);

    public MacAddress Mac => new(Value & 0xffff_ffff_ffffUL);

    public override string ToString() => Vlan == 0 ? Mac.ToString() : $"{Mac}@{Vlan}";
}
