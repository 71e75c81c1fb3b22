using System.Buffers.Binary;
using Weft.Gateway.Dhcp;
using Weft.Wire;

namespace Weft.Tests.Gateway.Dhcp;

/// <summary>A reply as a client reads it.</summary>
internal sealed record DhcpAnswer(DhcpReply Reply, byte[] Bytes)
{
    public DhcpMessageType Type => Bytes.Length == 0 ? DhcpMessageType.None : (DhcpMessageType)Option(DhcpOption.MessageType)![0];

    public IpAddress Your => IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(16)));

    public IpAddress Client => IpAddress.FromV4(BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(12)));

    public bool HasBroadcastFlag => (Bytes[10] & 0x80) != 0;

    public uint Seconds(byte code) => BinaryPrimitives.ReadUInt32BigEndian(Option(code));

    /// <summary>Codes in the order in which they stand, end included.</summary>
    public List<byte> Codes
    {
        get
        {
            var codes = new List<byte>();
            for (int at = 240; ; at += 2 + Bytes[at + 1])
            {
                codes.Add(Bytes[at]);
                if (Bytes[at] == DhcpOption.End)
                {
                    return codes;
                }
            }
        }
    }

    public byte[]? Option(byte code)
    {
        for (int at = 240; Bytes[at] != DhcpOption.End; at += 2 + Bytes[at + 1])
        {
            if (Bytes[at] == code)
            {
                return Bytes[(at + 2)..(at + 2 + Bytes[at + 1])];
            }
        }
        return null;
    }
}
