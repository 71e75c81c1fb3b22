using System.Runtime.InteropServices;
using System.Text;
using Weft.Wire;

namespace Weft.Linux.Taps;

/// <summary><c>struct ifreq</c>: a name and one value, for the ioctls of network interfaces.</summary>
[StructLayout(LayoutKind.Explicit, Size = 40)]
internal unsafe struct InterfaceRequest
{
    public const int MaxName = 15;

    private const ushort EthernetHardware = 1;

    [FieldOffset(0)] private fixed byte _name[16];
    [FieldOffset(16)] public ushort Flags;
    [FieldOffset(16)] public int Number;
    [FieldOffset(16)] private ushort _hardware;
    [FieldOffset(18)] private fixed byte _address[14];

    public static bool TryFor(string name, out InterfaceRequest request)
    {
        request = default;
        if (Encoding.UTF8.GetByteCount(name) is 0 or > MaxName)
        {
            return false;
        }
        fixed (byte* at = request._name)
        {
            Encoding.UTF8.GetBytes(name, new Span<byte>(at, MaxName));
        }
        return true;
    }

    public readonly string Name
    {
        get
        {
            fixed (byte* at = _name)
            {
                return Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at));
            }
        }
    }

    public void SetMac(MacAddress mac)
    {
        _hardware = EthernetHardware;
        fixed (byte* at = _address)
        {
            mac.Write(at);
        }
    }
}
