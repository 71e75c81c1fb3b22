using System.Buffers.Binary;
using Weft.Gateway.Dns;
using Weft.Wire.Dns;

namespace Weft.Tests.Gateway.Dns;

/// <summary>Builds queries and answers by hand. An EDNS record is given by its TTL field: extended code, version, flags.</summary>
internal static class DnsMessages
{
    public static byte[] Query(string name, ushort type = DnsType.A, ushort id = 0x1234, uint? opt = null)
    {
        var bytes = new List<byte>(new byte[12]);
        foreach (string label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(System.Text.Encoding.ASCII.GetBytes(label));
        }
        bytes.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (opt is { } ttl)
        {
            bytes.AddRange([0, 0, 41, 0x10, 0, (byte)(ttl >> 24), (byte)(ttl >> 16), (byte)(ttl >> 8), (byte)ttl, 0, 0]);
        }
        byte[] message = [.. bytes];
        BinaryPrimitives.WriteUInt16BigEndian(message, id);
        message[2] = 1;
        message[5] = 1;
        message[11] = (byte)(opt is null ? 0 : 1);
        return message;
    }

    /// <summary>An upstream's answer to a query: its bytes with QR and a code, and some bytes of answer.</summary>
    public static byte[] AnswerTo(byte[] query, DnsCode code = DnsCode.NoError, int extra = 0)
    {
        byte[] answer = [.. query, .. new byte[extra]];
        answer[2] |= 0x80;
        answer[3] = (byte)((answer[3] & 0xf0) | (byte)code);
        return answer;
    }
}
