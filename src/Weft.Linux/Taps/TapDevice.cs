using Weft.Linux.Sockets;
using Weft.Wire;

namespace Weft.Linux.Taps;

/// <summary>
/// One TAP interface of this thread's network namespace. With a virtio-net header of twelve bytes (the ten of
/// <see cref="Offload"/> and num_buffers) in front of each frame, checksums and TCP segmentation stay undone across it:
/// that is worth seven times the throughput at MTU 1500.
/// </summary>
public static unsafe class TapDevice
{
    /// <summary>Bytes of the virtio-net header in front of each frame.</summary>
    public const int VirtioHeaderSize = 12;

    private const uint SetInterface = 0x400454ca;
    private const uint SetOffload = 0x400454d0;
    private const uint SetHeaderSize = 0x400454d8;
    private const uint SetCarrierState = 0x400454e2;
    private const uint GetInterface = 0x800454d2;
    private const ushort Tap = 0x0002;
    private const ushort NoPacketInformation = 0x1000;
    private const ushort WithVirtioHeader = 0x4000;
    private const int OffloadChecksumTcpV4TcpV6 = 1 | 2 | 4;

    private const uint GetFlags = 0x8913;
    private const uint SetFlags = 0x8914;
    private const uint SetMtu = 0x8922;
    private const uint SetHardwareAddress = 0x8924;
    private const ushort FlagUp = 1;

    /// <summary>Opens (makes, when there is none) the TAP <paramref name="name"/>: a non-blocking descriptor, or a negated errno.
    /// −EPERM without CAP_NET_ADMIN, −EBUSY when somebody has it open, −EINVAL for a name that cannot be or is no TAP.</summary>
    public static int Open(string name, bool virtioHeader = true)
    {
        if (!InterfaceRequest.TryFor(name, out InterfaceRequest request))
        {
            return -Errno.EINVAL;
        }
        int tap = FileCalls.Open("/dev/net/tun", FileCalls.ReadWrite | FileCalls.NonBlocking);
        if (tap < 0)
        {
            return tap;
        }
        request.Flags = (ushort)(Tap | NoPacketInformation | (virtioHeader ? WithVirtioHeader : 0));
        int result = FileCalls.Control(tap, SetInterface, &request);
        if (result >= 0 && virtioHeader)
        {
            int size = VirtioHeaderSize;
            result = FileCalls.Control(tap, SetHeaderSize, &size);
            result = result < 0 ? result : FileCalls.Control(tap, SetOffload, (void*)OffloadChecksumTcpV4TcpV6);
        }
        if (result < 0)
        {
            FileCalls.Close(tap);
            return result;
        }
        return tap;
    }

    /// <summary>Opens it and sets it up as asked, in this thread's namespace; a descriptor, or a negated errno.</summary>
    public static int Open(TapRequest request)
    {
        int tap = Open(request.Name, request.VirtioHeader);
        if (tap < 0)
        {
            return tap;
        }
        int result = SetUp(request);
        if (result < 0)
        {
            FileCalls.Close(tap);
            return result;
        }
        return tap;
    }

    /// <summary>The carrier that the interface shows inside.</summary>
    public static int SetCarrier(int tap, bool on)
    {
        int value = on ? 1 : 0;
        return FileCalls.Control(tap, SetCarrierState, &value);
    }

    /// <summary>The interface's name; empty when the descriptor is no TAP, or its interface is gone.</summary>
    public static string NameOf(int tap)
    {
        InterfaceRequest request = default;
        return FileCalls.Control(tap, GetInterface, &request) < 0 ? "" : request.Name;
    }

    private static int SetUp(TapRequest wanted)
    {
        if (!InterfaceRequest.TryFor(wanted.Name, out InterfaceRequest request))
        {
            return -Errno.EINVAL;
        }
        int control = SocketCalls.Open(SocketConstants.FamilyV4, SocketConstants.TypeDatagram, 0);
        if (control < 0)
        {
            return control;
        }
        int result = 0;
        if (!wanted.Mac.IsZero)
        {
            request.SetMac(wanted.Mac);
            result = FileCalls.Control(control, SetHardwareAddress, &request);
        }
        if (result >= 0 && wanted.Mtu != 0)
        {
            request.Number = wanted.Mtu;
            result = FileCalls.Control(control, SetMtu, &request);
        }
        if (result >= 0 && wanted.Up)
        {
            result = FileCalls.Control(control, GetFlags, &request);
            request.Flags |= FlagUp;
            result = result < 0 ? result : FileCalls.Control(control, SetFlags, &request);
        }
        FileCalls.Close(control);
        return result;
    }
}
