using System.Net;
using Weft.Engine.State;

namespace Weft.Daemon.Host;

/// <summary>The host's resolvers as resolv.conf names them now (resolv.conf(5): a word after "nameserver"), as the worker reads it.</summary>
internal static class Resolvers
{
    private static readonly string Path = Environment.GetEnvironmentVariable("WEFT_RESOLV_CONF") ?? "/etc/resolv.conf";

    /// <summary>Without those that the worker refuses: it names them in its problems.</summary>
    public static string[] Read(WorkerStatus worker)
    {
        string refused = "";
        foreach (Text108 problem in worker.Problems)
        {
            refused += $"{problem} ";
        }
        return [.. Read().Where(server => !refused.Contains($" {server} ", StringComparison.Ordinal))];
    }

    private static string[] Read()
    {
        try
        {
            return [.. File.ReadLines(Path).Select(l => l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Where(w => w.Length >= 2 && w[0] == "nameserver" && IPAddress.TryParse(w[1], out _)).Select(w => w[1])];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
