using Weft.Model;

namespace Weft.Daemon.Host;

/// <summary>The host ports to try for a forward that names none, in order: near the guest port's own number where people know it.</summary>
internal static class FreePorts
{
    private const int Others = 10000;
    private const int OthersCount = 10000;
    private const int NearCount = 100;

    public static IEnumerable<Forward> For(Forward wanted)
    {
        IEnumerable<int> near = wanted.GuestPort switch
        {
            22 => Enumerable.Range(2200, NearCount),
            80 or 8080 => Enumerable.Range(8000, NearCount),
            _ => [],
        };
        return near.Concat(Enumerable.Range(Others, OthersCount)).Select(port => wanted with { HostPort = (ushort)port });
    }
}
