using System.Net;
using Weft.Daemon.Control;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Editing;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;

namespace Weft.Daemon.Names;

/// <summary><c>weft resolve NAME</c>: what a name leads to, and, since nobody reaches a guest behind a gateway by its address, the ports
/// of the host that lead there too.</summary>
internal sealed class ResolveReader(Steward steward)
{
    private const string Suffix = $".{DnsNames.Zone}";

    /// <param name="network">A declared network; null: all.</param>
    /// <exception cref="WeftException">Nobody is called that.</exception>
    public ObjectList<ResolvedDocument> Read(string name, string? network)
    {
        View view = steward.View;
        if (network is not null)
        {
            NetworkEdits.Find(view.Topology, network);
        }
        NameIndex names = NameSnapshot.Read(view, network);
        string asked = name.Trim().TrimEnd('.').ToLowerInvariant();
        bool isAddress = IPAddress.TryParse(asked, out IPAddress? address) && asked.Contains(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? '.' : ':');
        (KnownName Name, IPAddress Address)[] found = isAddress || TryReadReverse(asked, out address)
            ? [.. names.OfAddress(address!).Select(n => (n, address!))]
            : [.. Find(names, asked).SelectMany(n => n.Addresses.Select(a => (n, a)))];
        return found.Length == 0 ? throw new WeftException(Unknown(view, names, asked, network))
            : new ObjectList<ResolvedDocument>("ResolvedList", [.. found.Select(f => Of(f.Name, f.Address, view.Plane))]);
    }

    private static KnownName[] Find(NameIndex names, string asked)
    {
        KnownName[] found = names.OfWhole(asked);
        return found.Length > 0 ? found : names.OfLabel(LabelOf(asked));
    }

    private static string LabelOf(string asked) => asked.EndsWith(Suffix, StringComparison.Ordinal) ? asked[..^Suffix.Length] : asked;

    private static bool TryReadReverse(string asked, out IPAddress? address)
    {
        address = null;
        byte[]? name = asked.All(char.IsAscii) ? Wire.Dns.DnsName.FromText(asked) : null;
        if (name is null || !Wire.Dns.ReverseName.TryRead(name, out Wire.IpAddress read, out int octets) || octets != 4)
        {
            return false;
        }
        address = V4.ToAddress(read.V4);
        return true;
    }

    private static ResolvedDocument Of(KnownName name, IPAddress address, DataPlane plane) => new(name.WholeName, address.ToString(), name.Network, name.Source,
        [.. plane.Forwards.Where(f => LeadsTo(f, name, address)).Select(f => ForwardDocument.Of(f.ToForward()))]);

    private static bool LeadsTo(PlaneForward forward, KnownName name, IPAddress address) => KnownNames.Declared(forward.Network) == name.Network &&
        (forward.Target is { } target ? target.Equals(address) : forward.Guest == name.Name && name.Source == KnownName.Vm);

    private static WeftError Unknown(View view, NameIndex names, string asked, string? network)
    {
        string label = LabelOf(asked);
        string where = network is null ? "" : $" on network '{network}'";
        if (network is not null && Find(NameSnapshot.Read(view, null), asked) is [var other, ..])
        {
            return new WeftError(ErrorCode.UnknownName, $"nobody is called '{asked}'{where}", $"somebody is on network '{other.Network}'", $"weft resolve {asked}");
        }
        if (view.Topology.FindVm(label.Split('.')[0]) is { } vm && names.OfLabel(vm.Name).Length == 0)
        {
            return new WeftError(ErrorCode.UnknownName, $"'{asked}' has no address{where}",
                "there is such a VM, and DHCP has given it none, or it chose one by itself", $"weft vm show {vm.Name}");
        }
        string[] known = [.. names.All.SelectMany(n => (string[])[n.Name, n.WholeName])
            .Concat(view.Topology.Vms.Select(v => v.Name)).Distinct()];
        string? near = names.OfWhole(asked + Suffix).FirstOrDefault()?.WholeName ?? Spelling.Nearest(asked, known);
        return new WeftError(ErrorCode.UnknownName, $"nobody is called '{asked}'{where}",
            near is null ? "no guest and no router has that name or address" : $"did you mean '{near}'?",
            near is null ? "weft dns ls" : $"weft resolve {near}");
    }
}
