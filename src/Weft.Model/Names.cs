namespace Weft.Model;

/// <summary>Names of networks and VMs: they become file names, socket names and DNS labels.</summary>
public static class Names
{
    public const int MaxLength = 31;

    public const string Rule = "a name is 1 to 31 of a-z, 0-9 and '-', and does not start with '-'";

    public static bool IsName(string text) => text.Length is > 0 and <= MaxLength && text[0] != '-' &&
        text.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-');

    /// <summary>"alpha:1", the name of a NIC and of its port.</summary>
    public static string Nic(string vm, int number) => $"{vm}:{number}";

    /// <summary>"alpha-1.sock" or "alpha-1.vhost": the file name of a NIC's socket in the home.</summary>
    public static string Socket(string vm, Nic nic) => $"{vm}-{nic.Number}.{nic.Attachment switch
    {
        AttachmentKind.VhostUser => "vhost",
        AttachmentKind.Stream => "stream",
        AttachmentKind.Dgram => "dgram",
        _ => "sock",
    }}";

    /// <summary>"alpha-1.guest.dgram": the hypervisor's end, where both are in the home.</summary>
    public static string GuestSocket(string vm, Nic nic) => $"{vm}-{nic.Number}.guest.dgram";

    /// <summary>"alpha-1", "lab-gateway": the name of a point as part of a file's name.</summary>
    public static string FileOf(string point) => point.Replace(':', '-').Replace('/', '-');

    public static bool TryParseNic(string text, out string vm, out int number)
    {
        int colon = text.LastIndexOf(':');
        vm = colon < 0 ? "" : text[..colon];
        number = 0;
        return colon > 0 && IsName(vm) && int.TryParse(text.AsSpan(colon + 1), out number) && number is >= 1 and <= Vm.MaxNics;
    }
}
