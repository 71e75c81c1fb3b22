using Weft.Wire;

namespace Weft.Gateway.Nat;

/// <summary>Puts a complete transport message into one IPv4 packet for a guest, or into fragments where it is larger than the MTU
/// (RFC 791 §3.2).</summary>
internal static unsafe class PacketWriter
{
    /// <summary>All of the message is queued, or, where there is no room for all, nothing of it that the guest could use.</summary>
    /// <param name="fields">Source, destination, protocol of the packet; length and fragment fields are set here.</param>
    /// <param name="message">Transport header, checksum included, and payload in one piece.</param>
    /// <param name="identification">Counts up for each message that is cut: unique among the fragments on their way.</param>
    public static bool TryWrite(IGuestSide side, in Ipv4Fields fields, byte* message, int length, ref ushort identification)
    {
        int mtu = side.Facts.Mtu;
        if (Ipv4View.Size + length <= mtu)
        {
            return TryWritePacket(side, fields with { TotalLength = Ipv4View.Size + length }, message);
        }
        int largest = (mtu - Ipv4View.Size) & ~7;
        if (side.RoomToward(fields.Destination) < (length + largest - 1) / largest)
        {
            return false;
        }
        identification++;
        for (int at = 0; at < length; at += largest)
        {
            int size = Math.Min(largest, length - at);
            ushort more = at + size < length ? Ipv4View.MoreFragmentsFlag : (ushort)0;
            Ipv4Fields fragment = fields with
            {
                TotalLength = Ipv4View.Size + size,
                Identification = identification,
                Fragment = (ushort)(more | (at / 8)),
            };
            if (!TryWritePacket(side, in fragment, message + at))
            {
                return false;
            }
        }
        return true;
    }

    private static bool TryWritePacket(IGuestSide side, in Ipv4Fields fields, byte* payload)
    {
        byte* packet = side.Rent(fields.TotalLength);
        if (packet == null)
        {
            return false;
        }
        Ipv4Header.Write(packet, in fields);
        int length = fields.TotalLength - Ipv4View.Size;
        Buffer.MemoryCopy(payload, packet + Ipv4View.Size, length, length);
        side.Send(fields.Destination, fields.TotalLength, default);
        return true;
    }
}
