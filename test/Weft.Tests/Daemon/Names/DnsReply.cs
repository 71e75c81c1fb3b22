using System.Buffers.Binary;
using System.Net;
using System.Text;
using Weft.Wire.Dns;

namespace Weft.Tests.Daemon.Names;

/// <summary>An answer read as an asker reads it: whole, with nothing left over.</summary>
internal sealed record DnsReply(ushort Id, ushort Flags, string Question, string[] Answers, string[] Authority, bool HasOpt)
{
    public DnsCode Code => (DnsCode)(Flags & DnsView.CodeMask);

    public bool Has(ushort flag) => (Flags & flag) != 0;

    public static DnsReply Read(ReadOnlySpan<byte> message)
    {
        Assert.True(DnsView.TryParse(message, out DnsView view) && view.IsResponse);
        int at = DnsView.HeaderSize + view.Question.Length;
        string[] answers = Records(message, DnsView.AnswerCountOffset, ref at);
        string[] authority = Records(message, DnsView.AuthorityCountOffset, ref at);
        string[] additional = Records(message, DnsView.AdditionalCountOffset, ref at);
        Assert.Equal(message.Length, at);
        return new DnsReply(view.Id, view.Flags, Name(message, DnsView.HeaderSize), answers, authority, additional.Length == 1);
    }

    private static string[] Records(ReadOnlySpan<byte> message, int countOffset, ref int at)
    {
        string[] records = new string[BinaryPrimitives.ReadUInt16BigEndian(message[countOffset..])];
        for (int i = 0; i < records.Length; i++)
        {
            string owner = Name(message, at);
            at += DnsName.Skip(message, at);
            ushort type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
            int size = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
            at += 10;
            records[i] = type switch
            {
                DnsType.A or DnsType.Aaaa => $"{owner} {new IPAddress(message.Slice(at, size))}",
                DnsType.Ptr => $"{owner} {Name(message, at)}",
                DnsType.Soa => $"{owner} SOA",
                _ => $"{owner} {type}",
            };
            at += size;
        }
        return records;
    }

    private static string Name(ReadOnlySpan<byte> message, int at)
    {
        Span<byte> name = stackalloc byte[DnsName.MaxLength];
        Assert.True(DnsName.TryExpand(message, at, name, out int length));
        StringBuilder text = new();
        for (int i = 0; name[i] != 0 && i < length; i += 1 + name[i])
        {
            text.Append(text.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(name.Slice(i + 1, name[i])));
        }
        return text.ToString();
    }
}
