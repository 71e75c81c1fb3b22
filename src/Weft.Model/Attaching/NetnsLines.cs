using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>A command for each TAP. Weft has made the interface, given it the NIC's MAC and brought it up; what is left is an address.</summary>
internal static class NetnsLines
{
    public static readonly Purpose Purpose = new("netns", "a network namespace", "'attach: tap' with 'tap: { name: …, netns: … }'")
    {
        Fits = port => port.Attachment == AttachmentKind.Tap,
        Lines = (ports, _) => ports.Select(port => $"{Inside(port)}dhclient -1 {port.Path}"),
    };

    /// <summary>What stands before a command that is to be run where the TAP is; with a space, or nothing.</summary>
    internal static string Inside(PlanePort port) => port.Namespace switch
    {
        null => "",
        var path when path.StartsWith('/') => $"nsenter --net={path} ",
        var pid when pid.All(char.IsAsciiDigit) => $"nsenter --preserve-credentials -U -n -t {pid} ",
        var name => $"ip netns exec {name} ",
    };
}
