using System.Diagnostics;
using System.Text.Json;

namespace Weft.Bench;

/// <summary>iperf3 between two places; each place is a command prefix ("ip netns exec x").</summary>
internal static class Iperf
{
    /// <summary>Gbit/s that the receiver saw; 0 when the run failed.</summary>
    public static double Run(string clientPlace, string address, int port, bool reverse, int seconds, int streams = 1)
    {
        string output = Shell.Run(
            $"{clientPlace} timeout {seconds + 20} iperf3 -c {address} -p {port} -t {seconds} -O 1 -P {streams} {(reverse ? "-R" : "")} --json", mayFail: true);
        try
        {
            using JsonDocument document = JsonDocument.Parse(output);
            return document.RootElement.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble() / 1e9;
        }
        catch (Exception problem) when (problem is JsonException or KeyNotFoundException)
        {
            return 0;
        }
    }

    public static Process Serve(string place, int port)
    {
        Process server = Shell.Start($"{place} iperf3 -s -p {port}");
        Shell.WaitFor(() => Shell.Run($"{place} ss -Hltn sport = :{port}", mayFail: true).Length > 0, "iperf3 -s");
        return server;
    }
}
