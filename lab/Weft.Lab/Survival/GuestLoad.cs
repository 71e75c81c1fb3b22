using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Survival;

/// <summary>The load of <see cref="SurvivalTool"/> from inside a guest, against a server on the host's loopback, until it is told to end.</summary>
internal static class GuestLoad
{
    /// <summary>Shell words that wait for <see cref="EndAsync"/>.</summary>
    public const string UntilTheEnd = "until [ -e /run/end ]; do sleep 0.1; done";

    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>What it said, once it has ended. The guest needs 256 MiB for the lab's own program.</summary>
    public static async Task<string> StartAsync(UmlGuest guest, int port, LoadOrder order)
    {
        string gateway = (await guest.Lease).Gateway;
        return await guest.MustAsync($"({UntilTheEnd}) | {NamespaceGuest.Tool} survival load {gateway} {port} {order.Arguments}", Limit);
    }

    public static Task EndAsync(UmlGuest guest) => guest.MustAsync("touch /run/end");

    public static LoadReport Report(string said) => LoadReport.TryParse(said.Split('\n')[^1]) ?? throw new IOException(said);
}
