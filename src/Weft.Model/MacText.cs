using System.Text;

namespace Weft.Model;

/// <summary>MAC addresses as text, and those that a NIC gets when its owner names none.</summary>
public static class MacText
{
    /// <summary>Reads six octets with ':' or '-'; gives lower case with ':'. Group addresses and all zeros are no one's own.</summary>
    public static bool TryParse(string text, out string mac, out string cause)
    {
        mac = text.Replace('-', ':').ToLowerInvariant();
        string[] octets = mac.Split(':');
        if (octets.Length != 6 || octets.Any(o => o.Length != 2 || !o.All(char.IsAsciiHexDigit)))
        {
            cause = "a MAC is six pairs of hex digits, like 52:54:00:12:34:56";
            return false;
        }
        if ((Convert.ToByte(octets[0], 16) & 1) != 0 || octets.All(o => o == "00"))
        {
            cause = "a NIC cannot own a group address or all zeros; make the first octet even, like 52";
            return false;
        }
        cause = "";
        return true;
    }

    /// <summary>52:54:00 and 24 bits drawn from the NIC's name: the same on every start. <paramref name="taken"/> is avoided.</summary>
    public static string ForNic(string vm, int number, IReadOnlySet<string> taken)
    {
        for (int attempt = 0; ; attempt++)
        {
            ulong hash = Hash(attempt == 0 ? Names.Nic(vm, number) : $"{Names.Nic(vm, number)}/{attempt}");
            string mac = $"52:54:00:{(byte)(hash >> 16):x2}:{(byte)(hash >> 8):x2}:{(byte)hash:x2}";
            if (!taken.Contains(mac))
            {
                return mac;
            }
        }
    }

    /// <summary>A gateway's MAC: 52:55 and its IPv4 address, so never a generated NIC's.</summary>
    public static string ForGateway(System.Net.IPAddress address)
    {
        uint v4 = V4.Of(address);
        return $"52:55:{(byte)(v4 >> 24):x2}:{(byte)(v4 >> 16):x2}:{(byte)(v4 >> 8):x2}:{(byte)v4:x2}";
    }

    /// <summary>FNV-1a, folded: short inputs that differ in one character end far apart.</summary>
    private static ulong Hash(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ b) * 1099511628211;
        }
        return hash ^ (hash >> 29);
    }
}
