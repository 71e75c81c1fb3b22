using Weft.Daemon.Workers;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Model.Validation;

namespace Weft.Daemon.Captures;

/// <summary>What somebody means by a point: <c>alpha:1</c> a NIC, <c>lab</c> a network with every NIC and its gateway,
/// <c>alpha</c> a VM with its NICs, <c>lab/gateway</c> a gateway alone.</summary>
internal sealed class CapturePlaces(Running running)
{
    public const int Most = 64;

    private const string Gateway = "/gateway";

    /// <summary>The places of all points, each once, in the order of their naming.</summary>
    /// <exception cref="WeftException">A point names nothing that runs.</exception>
    public CapturePlace[] Find(IEnumerable<string> points)
    {
        CapturePlace[] places = [.. points.SelectMany(p => Of(p) is { Count: > 0 } found ? found : throw Unknown(p)).Distinct()];
        return places.Length is > 0 and <= Most ? places : throw new WeftException(new WeftError(ErrorCode.BadRequest,
            places.Length == 0 ? "a capture names at least one point" : $"{places.Length} points are too many for one capture",
            $"a capture looks at 1 to {Most} NICs and gateways", "weft capture alpha:1 -w alpha.pcapng"));
    }

    /// <summary>Of these names those that still are there.</summary>
    public CapturePlace[] FindAgain(IEnumerable<string> names) => [.. names.SelectMany(Of)];

    private List<CapturePlace> Of(string point)
    {
        if (running.Ports.TryGetValue(point, out ulong port))
        {
            return [new CapturePlace(point, port, false)];
        }
        PlaneNetwork[] networks = NetworksOf(point.EndsWith(Gateway, StringComparison.Ordinal) ? point[..^Gateway.Length] : point);
        List<CapturePlace> places = [];
        if (!point.EndsWith(Gateway, StringComparison.Ordinal))
        {
            places.AddRange(running.Plane.Ports.Where(p => networks.Any(n => n.Name == p.Network)).Select(Of));
        }
        places.AddRange(networks.Where(n => n.Gateway is not null || n.Pool is not null)
            .Select(n => new CapturePlace(n.Name + Gateway, running.Networks[n.Name], true)));
        return places.Count > 0 ? places : [.. running.Plane.Ports.Where(p => p.Guest == point).Select(Of)];
    }

    private CapturePlace Of(PlanePort port) => new(port.Name, running.Ports[port.Name], false);

    /// <summary>The network of that name; of a NAT network each NIC's own.</summary>
    private PlaneNetwork[] NetworksOf(string name) =>
        [.. running.Plane.Networks.Where(n => n.Name == name || n.Name.StartsWith($"{name}/", StringComparison.Ordinal))];

    private WeftException Unknown(string point)
    {
        string[] known = [.. running.Plane.Networks.Select(n => n.Name.Split('/')[0]), .. running.Plane.Ports.Select(p => p.Name)];
        known = [.. known.Distinct()];
        string? near = Spelling.Nearest(point, known);
        return new WeftException(new WeftError(ErrorCode.UnknownPoint, $"there is nothing to capture at '{point}'",
            $"{Spelling.Suggest(point, known)}{TopologyCheck.Known("NICs and networks", known)}",
            near is not null ? $"weft capture {near} -w {Model.Names.FileOf(near)}.pcapng" : "weft status"));
    }
}
