using System.Text;
using Weft.Linux;

namespace Weft.Keeper;

/// <summary>Lines on standard error, written as one write each. Not the console's writer: its first use costs milliseconds that a takeover does not have.</summary>
internal static unsafe class KeeperLog
{
    private const int StandardError = 2;

    public static void Write(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes($"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {line}\n");
        fixed (byte* at = bytes)
        {
            FileCalls.Write(StandardError, at, bytes.Length);
        }
    }
}
