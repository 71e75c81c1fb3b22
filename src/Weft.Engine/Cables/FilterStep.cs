using System.Runtime.InteropServices;
using Weft.Wire;

namespace Weft.Engine.Cables;

/// <summary>One step of a filter's program, as it travels in a command.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FilterStep
{
    public FilterOperation Operation;
    public byte Prefix;
    public ushort Number;
    public uint Reserved;
    public IpAddress Address;
}
