namespace Weft.Model.Api;

/// <summary>The addresses of the API's objects. Bodies are what a topology file says of the object, as JSON.</summary>
public static class ObjectPaths
{
    public const string Networks = "/v1/networks";
    public const string Network = "/v1/networks/{name}";
    public const string Name = "/v1/networks/{name}/names/{host}";
    public const string Dns = "/v1/dns";
    public const string Vms = "/v1/vms";
    public const string Vm = "/v1/vms/{vm}";
    public const string Nics = "/v1/nics";
    public const string NicsOfVm = "/v1/vms/{vm}/nics";
    public const string Nic = "/v1/vms/{vm}/nics/{number}";
    public const string Leases = "/v1/leases";
    public const string Names = "/v1/names";
    public const string Resolve = "/v1/resolve";
    public const string IfMissing = "if-missing";
    public const string Force = "force";

    public static string NetworkOf(string name, string? flag = null) => $"{Networks}/{Uri.EscapeDataString(name)}{Flag(flag)}";

    public static string VmOf(string name, string? flag = null) => $"{Vms}/{Uri.EscapeDataString(name)}{Flag(flag)}";

    public static string NicsOf(string vm) => $"{VmOf(vm)}/nics";

    public static string NicOf(string vm, int number) => $"{VmOf(vm)}/nics/{number}";

    public static string LeasesOf(string? network) => network is null ? Leases : $"{Leases}?network={Uri.EscapeDataString(network)}";

    public static string NameOf(string network, string name) => $"{NetworkOf(network)}/names/{Uri.EscapeDataString(name)}";

    public static string DnsOf(string? network) => network is null ? Dns : $"{Dns}?network={Uri.EscapeDataString(network)}";

    public static string ResolveOf(string name, string? network) =>
        $"{Resolve}?name={Uri.EscapeDataString(name)}{(network is null ? "" : $"&network={Uri.EscapeDataString(network)}")}";

    private static string Flag(string? flag) => flag is null ? "" : $"?{flag}=true";
}
