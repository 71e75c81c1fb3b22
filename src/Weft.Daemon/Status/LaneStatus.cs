using Weft.Daemon.Host;
using Weft.Engine.State;
using Weft.Model.Api;

namespace Weft.Daemon.Status;

/// <summary>Reads what the worker's lanes have done.</summary>
internal static unsafe class LaneStatus
{
    /// <summary>The worker's lanes.</summary>
    public static LaneDocument[] Read(SharedState state)
    {
        RecordArray<LaneCounters> all = state.Array<LaneCounters>(SharedArray.Lanes);
        return [.. Enumerable.Range(0, Math.Min((int)state.Worker.Lanes, all.Capacity)).Select(i => Read(i, all.At(i)))];
    }

    /// <summary>Flows of all lanes.</summary>
    public static FlowsDocument Flows(SharedState state)
    {
        int tcp = 0;
        int udp = 0;
        int ping = 0;
        foreach (ref readonly LaneCounters lane in All(state))
        {
            tcp += (int)lane.TcpFlows;
            udp += (int)lane.UdpFlows;
            ping += (int)lane.PingFlows;
        }
        return new FlowsDocument(tcp, udp, ping);
    }

    /// <summary>Bytes that the threads of all lanes allocated in steady state.</summary>
    public static long Allocated(SharedState state)
    {
        ulong bytes = 0;
        foreach (ref readonly LaneCounters lane in All(state))
        {
            bytes += lane.Allocated;
        }
        return (long)bytes;
    }

    private static ReadOnlySpan<LaneCounters> All(SharedState state)
    {
        RecordArray<LaneCounters> all = state.Array<LaneCounters>(SharedArray.Lanes);
        return new ReadOnlySpan<LaneCounters>(all.Start, all.Capacity);
    }

    private static LaneDocument Read(int number, LaneCounters* lane)
    {
        double perFrame = lane->Frames == 0 ? 0 : (double)lane->Busy / lane->Frames;
        long[] sizes = new long[LaneCounters.SizeClasses];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[i] = (long)lane->BurstSizes[i];
        }
        return new LaneDocument
        {
            Number = number,
            Frames = (long)lane->Frames,
            Bursts = (long)lane->Bursts,
            BusyNanoseconds = (long)lane->Busy,
            NanosecondsPerFrame = perFrame,
            CyclesPerFrame = ProcessorClock.Gigahertz * perFrame,
            Turns = (long)lane->Turns,
            Sleeps = (long)lane->Sleeps,
            Looks = (long)lane->Spins,
            LooksThatPaid = (long)lane->SpinsPaid,
            BurstSizes = sizes,
        };
    }
}
