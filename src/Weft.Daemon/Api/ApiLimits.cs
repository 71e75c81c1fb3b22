using Weft.Daemon.Host;
using Weft.Model.Errors;

namespace Weft.Daemon.Api;

/// <summary>
/// Theory. Whatever is asked at once, memory and descriptors have a bound, and everybody gets an answer:
///   connections  so many are accepted; the others wait in the kernel's queue, where they cost nothing, and get their turn. Silent ones
///                are closed after a while
///   changes      one at a time, in order; so many wait (<see cref="Control.Gate"/>), the others are refused with 429 and Retry-After
///   streams      events and captures stay for long, so they may have a part of the connections only; others are refused in the same way
///   bodies       topologies may be large; a few are read at a time (<see cref="Routes"/>)
/// A descriptor more than the limit allows would have the server spin at accept(2), so connections stay far below it.
/// </summary>
/// <param name="Connections">Accepted at a time.</param>
/// <param name="Streams">Of these at most so many follow events or captures.</param>
/// <param name="Patience">What a follower of events may leave unread for so long is given up; it comes again with "Last-Event-ID".</param>
/// <param name="Silence">A connection on which nothing is asked is closed after it.</param>
internal sealed record ApiLimits(int Connections, int Streams, TimeSpan Patience, TimeSpan Silence)
{
    private const int MostConnections = 512;
    private const int LeastConnections = 16;

    /// <summary>Bytes per second that bodies and answers must move at.</summary>
    public const double LeastRate = 16 << 10;

    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Of a process with so many descriptors.</summary>
    public static ApiLimits For(long descriptors)
    {
        int connections = (int)Math.Clamp(descriptors / 4, LeastConnections, MostConnections);
        return new ApiLimits(connections, connections / 8, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(10));
    }

    public static ApiLimits Here() => For(DescriptorLimit.Read());

    public WeftException TooManyStreams() => new(new WeftError(ErrorCode.Busy, "too many follow events or captures",
        $"{Streams} do already; those that nobody reads any more can be ended", "weft status"));
}
