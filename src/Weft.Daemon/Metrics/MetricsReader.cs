using Weft.Daemon.Captures;
using Weft.Daemon.Control;
using Weft.Daemon.Names;
using Weft.Daemon.Status;
using Weft.Daemon.Workers;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Model.Api;

namespace Weft.Daemon.Metrics;

/// <summary>All metrics as they are now, read from the shared memory: a scrape costs the worker nothing. Names are kept for ever;
/// of drops those reasons are listed that have happened.</summary>
internal sealed class MetricsReader(Steward steward, CaptureDesk captures, HostNames names)
{
    public byte[] Read()
    {
        MetricsText text = new();
        text.Gauge("weft_info", "The version of weftd, as a label.").Add(1, ("version", StatusReader.Version));
        View view = steward.View;
        int worker = 0;
        try
        {
            worker = view.Link is { IsAlive: true } link ? link.Read(state => Write(text, state)) : 0;
        }
        catch (WorkerGoneException)
        {
            // It is said to be down.
        }
        text.Gauge("weft_worker_up", "1 while a worker answers.").Add(worker == 0 ? 0 : 1);
        text.Gauge("weft_captures", "Captures that run.").Add(captures.All.Count(c => c.Ended is null));
        if (names.Document is { } server)
        {
            text.Counter("weft_name_server_queries_total", "Questions of the host for names of guests.").Add(server.Queries);
            text.Counter("weft_name_server_drops_total", "Those that got no answer: unreadable, or one too many.").Add(server.Drops);
        }
        WriteProcesses(text, [ProcessSample.Read("daemon", Environment.ProcessId), worker == 0 ? null : ProcessSample.Read("worker", worker)]);
        return text.ToBytes();
    }

    /// <summary>Returns the worker's process id.</summary>
    private static int Write(MetricsText text, SharedState state)
    {
        Dictionary<ulong, NetworkRecord> networks = [];
        RecordArray<NetworkRecord> records = state.Array<NetworkRecord>(SharedArray.Networks);
        for (int i = 0; i < records.Capacity; i++)
        {
            if (records[i].Id != 0)
            {
                networks[records[i].Id] = records[i];
            }
        }
        WritePorts(text, PortRow.ReadAll(state, networks));
        WriteLanes(text, LaneStatus.Read(state));
        FlowsDocument flows = LaneStatus.Flows(state);
        text.Gauge("weft_flows", "Flows through the gateways.").Add(flows.Tcp, ("protocol", "tcp")).Add(flows.Udp, ("protocol", "udp")).Add(flows.Ping, ("protocol", "icmp"));
        WriteLeases(text, state, networks);
        WorkerStatus worker = state.Worker;
        text.Counter("weft_worker_restarts_total", "Times that a worker was replaced by another.").Add(Math.Max(1, worker.Generation) - 1);
        text.Counter("weft_worker_flows_lost_total", "Flows that were lost when a worker was replaced.").Add(worker.FlowsLost);
        text.Counter("weft_worker_frames_replayed_total", "Frames that were done again when a worker was replaced.").Add(worker.FramesReplayed);
        text.Gauge("weft_worker_takeover_seconds", "What the last replacement took; 0 when there was none.").Add(worker.TakeoverMicroseconds / 1e6);
        text.Gauge("weft_worker_covered", "1 while a keeper holds the worker's connections.").Add(worker.Covered);
        return worker.Pid;
    }

    private static unsafe void WritePorts(MetricsText text, List<PortRow> rows)
    {
        text.Counter("weft_port_frames_total", "Frames through a port; in is from the guest, out is to it.");
        rows.ForEach(r => Both(text, r, r.Counters.FramesIn, r.Counters.FramesOut));
        text.Counter("weft_port_bytes_total", "Bytes through a port; in is from the guest, out is to it.");
        rows.ForEach(r => Both(text, r, r.Counters.BytesIn, r.Counters.BytesOut));
        text.Counter("weft_port_drops_total", "Frames dropped at a port, by reason.");
        foreach (PortRow row in rows)
        {
            PortCounters counters = row.Counters;
            for (int i = 0; i < (int)DropReason.Count; i++)
            {
                if (counters.Drops[i] != 0)
                {
                    text.Add(counters.Drops[i], ("network", row.Network), ("port", row.Port), ("reason", DropReasons.Of((DropReason)i).Name));
                }
            }
        }
        text.Counter("weft_port_notifications_total", "Notifications sent to the guest.");
        rows.ForEach(r => text.Add(r.Counters.Notifications, ("network", r.Network), ("port", r.Port)));
        text.Gauge("weft_port_up", "1 while the cable is in and somebody is at its other end.");
        rows.ForEach(r => text.Add(r.Counters.Carrier, ("network", r.Network), ("port", r.Port)));
    }

    private static void Both(MetricsText text, PortRow row, ulong @in, ulong @out) =>
        text.Add(@in, ("network", row.Network), ("port", row.Port), ("direction", "in")).Add(@out, ("network", row.Network), ("port", row.Port), ("direction", "out"));

    private static void WriteLanes(MetricsText text, LaneDocument[] lanes)
    {
        (string Name, string Help, Func<LaneDocument, double> Of)[] counters =
        [
            ("weft_lane_busy_seconds_total", "Time of turns in which frames moved.", lane => lane.BusyNanoseconds / 1e9),
            ("weft_lane_frames_total", "Frames polled.", lane => lane.Frames),
            ("weft_lane_bursts_total", "Bursts that they came in.", lane => lane.Bursts),
            ("weft_lane_turns_total", "Turns of the lane.", lane => lane.Turns),
            ("weft_lane_sleeps_total", "Times that the lane slept.", lane => lane.Sleeps),
        ];
        foreach ((string name, string help, Func<LaneDocument, double> of) in counters)
        {
            text.Counter(name, help);
            foreach (LaneDocument lane in lanes)
            {
                text.Add(of(lane), ("lane", lane.Number.ToString()));
            }
        }
    }

    private static void WriteLeases(MetricsText text, SharedState state, Dictionary<ulong, NetworkRecord> networks)
    {
        Dictionary<ulong, int> counts = [];
        RecordArray<LeaseRecord> leases = state.Array<LeaseRecord>(SharedArray.Leases);
        for (int i = 0; i < leases.Capacity; i++)
        {
            ulong network = leases[i].NetworkId;
            counts[network] = counts.GetValueOrDefault(network) + 1;
        }
        text.Gauge("weft_leases", "Addresses leased.");
        foreach ((ulong id, NetworkRecord network) in networks.Where(n => n.Value.Flags.HasFlag(NetworkFlags.Dhcp)))
        {
            text.Add(counts.GetValueOrDefault(id), ("network", network.Name.ToString()));
        }
    }

    private static void WriteProcesses(MetricsText text, ProcessSample?[] found)
    {
        ProcessSample[] samples = [.. found.OfType<ProcessSample>()];
        text.Counter("weft_process_cpu_seconds_total", "Processor time.");
        Array.ForEach(samples, s => text.Add(s.CpuSeconds, ("process", s.Name)));
        text.Gauge("weft_process_resident_bytes", "Resident memory, guests' memory that is mapped and touched included.");
        Array.ForEach(samples, s => text.Add(s.ResidentBytes, ("process", s.Name)));
        text.Gauge("weft_process_threads", "Threads.");
        Array.ForEach(samples, s => text.Add(s.Threads, ("process", s.Name)));
        text.Gauge("weft_process_descriptors", "Open file descriptors.");
        Array.ForEach(samples, s => text.Add(s.Descriptors, ("process", s.Name)));
    }
}
