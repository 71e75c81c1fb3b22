using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>
/// The part "network-interfaces" of Firecracker's configuration, as JSON; its words are also those of PUT
/// /network-interfaces/ID. Firecracker opens a TAP by its name, and the descriptor of Weft's own is Weft's (a second opener
/// gets EBUSY): so it gets one for itself, and a bridge of the host joins the two. A bridge keeps frames to the MACs of its
/// ports to itself, so Weft's TAP gives away the NIC's.
/// </summary>
internal static class FirecrackerLines
{
    public static readonly Purpose Purpose = new("firecracker", "Firecracker", "'attach: tap'")
    {
        Fits = port => port.Attachment == AttachmentKind.Tap,
        Lines = (ports, _) =>
        [
            "# as root, before Firecracker is started (in the same namespace):",
            .. ports.SelectMany(JoinedBy),
            $$"""{ "network-interfaces": [ {{string.Join(", ", ports.Select(BodyOf))}} ] }""",
        ],
    };

    private static IEnumerable<string> JoinedBy(PlanePort port)
    {
        string ip = $"{NetnsLines.Inside(port)}ip";
        string bridge = $"br{Digits(port)}";
        yield return $"#   {ip} tuntap add dev {TapOf(port)} mode tap";
        yield return $"#   {ip} link add dev {bridge} type bridge mcast_snooping 0";
        yield return $"#   {ip} link set dev {port.Path} address {OtherMac(port)} master {bridge}";
        yield return $"#   {ip} link set dev {TapOf(port)} master {bridge} up";
        yield return $"#   {ip} link set dev {bridge} up";
    }

    private static string BodyOf(PlanePort port) =>
        $$"""{ "iface_id": "nic{{AttachLines.Number(port)}}", "guest_mac": "{{port.Mac}}", "host_dev_name": "{{TapOf(port)}}" }""";

    /// <summary>By the MAC, which no other NIC has: 14 of 15 bytes that a name may have.</summary>
    private static string TapOf(PlanePort port) => $"fc{Digits(port)}";

    private static string OtherMac(PlanePort port) => $"{(port.Mac.StartsWith("02", StringComparison.Ordinal) ? "06" : "02")}{port.Mac[2..]}";

    private static string Digits(PlanePort port) => port.Mac.Replace(":", "", StringComparison.Ordinal);
}
