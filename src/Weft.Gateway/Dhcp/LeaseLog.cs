using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// Theory. The journal's bytes: one text line per change, each with its own checksum, so that a line either counts whole or
/// not at all. A later line about an address replaces an earlier one.
///   crc32c SP "weft-leases 1" LF                                                  the first line
///   crc32c SP "lease" SP network SP address SP mac SP client SP expires SP name LF   name is "-" for none
///   crc32c SP "end" SP network SP address LF
/// crc32c (Castagnoli, initial value all ones) covers what stands between its blank and the line feed; numbers but expires
/// are hexadecimal. Bytes of a network's name that are blank, control, '%' or not ASCII stand as %XX.
/// Reading stops at the first line that is torn or wrong: what follows it was never acknowledged, or cannot be trusted.
/// </summary>
internal static class LeaseLog
{
    private const string Header = "weft-leases 1";

    /// <summary>The whole file for these leases.</summary>
    public static void WriteAll(IEnumerable<LeaseChange> leases, IBufferWriter<byte> to)
    {
        WriteLine(Header, to);
        foreach (LeaseChange lease in leases)
        {
            Write(lease, to);
        }
    }

    public static void Write(LeaseChange change, IBufferWriter<byte> to)
    {
        string network = Escape(change.Network);
        string name = change.HostName.Length == 0 ? "-" : change.HostName;
        WriteLine(change.IsEnd
            ? string.Create(CultureInfo.InvariantCulture, $"end {network} {change.Address}")
            : string.Create(CultureInfo.InvariantCulture,
                $"lease {network} {change.Address} {change.Mac} {change.Client:x16} {change.Expires} {name}"), to);
    }

    /// <summary>Reads a file's bytes up to the first bad line.</summary>
    public static LeaseLogContent Read(ReadOnlySpan<byte> bytes)
    {
        var leases = new Dictionary<(string Network, IpAddress Address), LeaseChange>();
        int good = 0;
        bool isOurs = false;
        while (TryReadLine(bytes[good..], out ReadOnlySpan<byte> body, out int length))
        {
            string line = Encoding.ASCII.GetString(body);
            if (!isOurs)
            {
                isOurs = line == Header;
                if (!isOurs)
                {
                    break;
                }
            }
            else if (!TryApply(line, leases))
            {
                break;
            }
            good += length;
        }
        return new LeaseLogContent([.. leases.Values], good, isOurs);
    }

    private static bool TryReadLine(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> body, out int length)
    {
        body = default;
        length = bytes.IndexOf((byte)'\n') + 1;
        if (length < 11 || bytes[8] != ' ' || !Utf8Parser.TryParse(bytes[..8], out uint checksum, out int digits, 'x') || digits != 8)
        {
            return false;
        }
        body = bytes[9..(length - 1)];
        return ChecksumOf(body) == checksum;
    }

    private static bool TryApply(string line, Dictionary<(string Network, IpAddress Address), LeaseChange> leases)
    {
        string[] parts = line.Split(' ');
        if (parts.Length < 3 || !TryUnescape(parts[1], out string network) || !IpAddress.TryParse(parts[2], out IpAddress address))
        {
            return false;
        }
        if (parts is ["end", _, _])
        {
            leases.Remove((network, address));
            return true;
        }
        if (parts is not ["lease", _, _, var macText, var clientText, var expiresText, var name] ||
            !MacAddress.TryParse(macText, out MacAddress mac) ||
            !ulong.TryParse(clientText, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong client) ||
            !long.TryParse(expiresText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long expires))
        {
            return false;
        }
        leases[(network, address)] = new LeaseChange
        {
            Network = network,
            Address = address,
            Mac = mac,
            Client = client,
            Expires = expires,
            HostName = name == "-" ? "" : name,
        };
        return true;
    }

    private static void WriteLine(string body, IBufferWriter<byte> to)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(body);
        Span<byte> line = to.GetSpan(bytes.Length + 10);
        Utf8Formatter.TryFormat(ChecksumOf(bytes), line, out _, new StandardFormat('x', 8));
        line[8] = (byte)' ';
        bytes.CopyTo(line[9..]);
        line[9 + bytes.Length] = (byte)'\n';
        to.Advance(bytes.Length + 10);
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        uint checksum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }
        return ~checksum;
    }

    private static string Escape(string name)
    {
        var text = new StringBuilder();
        foreach (byte value in Encoding.UTF8.GetBytes(name))
        {
            if (value is > 0x20 and < 0x7f and not (byte)'%')
            {
                text.Append((char)value);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }
        return text.ToString();
    }

    private static bool TryUnescape(string text, out string name)
    {
        name = "";
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                bytes.Add((byte)text[i]);
                continue;
            }
            if (i + 2 >= text.Length ||
                !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value))
            {
                return false;
            }
            bytes.Add(value);
            i += 2;
        }
        name = Encoding.UTF8.GetString([.. bytes]);
        return true;
    }
}
