using System.Globalization;
using Weft.Model;
using Weft.Model.Planning;

namespace Weft.Daemon.Why;

/// <summary>Commands that lead out, made to measure.</summary>
internal static class WhyTries
{
    private const int Offset = 8000;

    public static string Attach(PlanePort port) => $"weft vm args {port.Guest} --for {port.Attachment switch
    {
        AttachmentKind.Tap => "netns",
        AttachmentKind.VhostUser or AttachmentKind.Stream or AttachmentKind.Dgram => "qemu",
        _ => "uml",
    }}";

    /// <param name="listen">Where it listens; empty for the host's loopback.</param>
    public static string Forward(string listen, string guest, WhyProtocol protocol)
    {
        int port = protocol.Port < 1024 ? protocol.Port + Offset : protocol.Port;
        string word = protocol.ForForward.ToString().ToLower(CultureInfo.InvariantCulture);
        return $"weft forward add {listen}{port}:{guest}:{protocol.Port}/{word}";
    }

    public static string AllowLoopback(PlaneNetwork network) => $"weft net set {Declared(network)} host-loopback=allow";

    /// <summary>A router of one NIC is named behind its network: "nat/alpha:1".</summary>
    private static string Declared(PlaneNetwork network) => network.Name.Split('/')[0];
}
