using System.Globalization;
using Microsoft.AspNetCore.Http;
using Weft.Model.Attaching;

namespace Weft.Daemon.Api;

/// <summary>What a query says of the command that will run a guest. What makes no sense is taken as not said.</summary>
internal static class GuestWords
{
    public static HypervisorHost Told(IQueryCollection query)
    {
        _ = Version.TryParse(query["qemu"].ToString(), out Version? qemu);
        return new HypervisorHost(0, qemu)
        {
            Memory = long.TryParse(query["memory"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out long memory) && memory > 0 ? memory : null,
            Accelerated = bool.TryParse(query["accelerated"].ToString(), out bool accelerated) ? accelerated : null,
        };
    }
}
