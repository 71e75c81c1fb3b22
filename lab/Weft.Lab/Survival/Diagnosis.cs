using System.Diagnostics;
using Weft.Lab.Guests;

namespace Weft.Lab.Survival;

/// <summary>What a failed scene leaves to think about: sockets on both sides, the status, the logs.</summary>
internal static class Diagnosis
{
    public static async Task<string> OfAsync(NamespaceHost lab, IEnumerable<string> problems)
    {
        string guest = (await lab.Guest.RunAsync("ss -tinm state all")).Output;
        string host = await HostSocketsAsync();
        string status = (await lab.Home.Weft.TryAsync("status", "-o", "json")).Output;
        return string.Join("\n\n", string.Join('\n', problems), $"guest {guest}", $"host {host}", status, lab.Home.Logs());
    }

    private static async Task<string> HostSocketsAsync()
    {
        using Process ss = Process.Start(new ProcessStartInfo("ss", ["-tinm", "state", "connected", "src", "127.0.0.1"]) { RedirectStandardOutput = true })!;
        string said = await ss.StandardOutput.ReadToEndAsync();
        await ss.WaitForExitAsync();
        return said;
    }
}
