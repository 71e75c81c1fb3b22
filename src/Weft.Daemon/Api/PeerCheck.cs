using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Weft.Linux.Unix;
using Weft.Model.Errors;

namespace Weft.Daemon.Api;

/// <summary>Lets in who the kernel says is this daemon's user, or root (SO_PEERCRED); the socket's folder is 0700 besides.</summary>
internal static class PeerCheck
{
    public static readonly WeftError Refusal = new(ErrorCode.NotPermitted, "this Weft belongs to another user",
        "only its own user and root may talk to it", "WEFT_HOME=$HOME/.local/state/weft weft status");

    public static bool IsAllowed(HttpContext context) =>
        context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && UnixSockets.IsOwnerOrRoot((int)socket.Handle);
}
