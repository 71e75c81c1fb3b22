using Weft.Linux.Taps;
using Weft.Model.Planning;

namespace Weft.Daemon.Workers;

/// <summary>TAPs of this host, in its own or another network namespace.</summary>
internal sealed class HostTaps : ITapSource
{
    public int Open(PlanePort port, int mtu, out string problem)
    {
        TapRequest request = new(port.Path) { Namespace = PathOf(port.Namespace), Mac = Records.Mac(port.Mac), Mtu = mtu };
        return TapOpener.Open(request, out problem);
    }

    /// <summary>A namespace is given by path, by process id, or by its name under /run/netns.</summary>
    public static string? PathOf(string? place) => place switch
    {
        null => null,
        _ when place.StartsWith('/') => place,
        _ when int.TryParse(place, out int pid) => TapRequest.NamespaceOf(pid),
        _ => $"/run/netns/{place}",
    };
}
