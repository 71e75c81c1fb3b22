using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Daemon.Control;

/// <summary>The way out where a change of one object is refused: there is no file to mend, but that object.</summary>
internal static class EditErrors
{
    public static WeftError Of(WeftError error, Topology before, Topology next) => error.Code switch
    {
        ErrorCode.SubnetCollides or ErrorCode.NoFreeSubnet when Changed(before, next) is { } network =>
            error with { Try = Way(error.Code, network.Name, before.FindNetwork(network.Name) is not null) },
        _ => error,
    };

    private static string Way(string code, string network, bool isThere) => (code, isThere) switch
    {
        (ErrorCode.SubnetCollides, false) => $"weft net create {network}",
        (ErrorCode.SubnetCollides, true) => $"weft net set {network} subnet=",
        (_, false) => $"weft net create {network} --subnet 10.20.0.0/24 --force",
        _ => $"weft net set {network} subnet=10.20.0.0/24 force=true",
    };

    private static Network? Changed(Topology before, Topology next) => next.Networks.Except(before.Networks).FirstOrDefault();
}
