using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary>How one gets through a forward to a guest, where its port says what listens there.</summary>
internal static class ForwardUse
{
    public static string? Of(ForwardDocument forward)
    {
        string host = forward.Listen == "0.0.0.0" ? "127.0.0.1" : forward.Listen;
        return (forward.Protocol, forward.GuestPort) switch
        {
            ("tcp", 22) => $"ssh -p {forward.HostPort} user@{host}",
            ("tcp", 80 or 8080) => $"http://{host}:{forward.HostPort}/",
            ("tcp", 443) => $"https://{host}:{forward.HostPort}/",
            _ => null,
        };
    }
}
