using System.Diagnostics;
using System.Text.Json;

namespace Weft.Bench;

/// <summary>iperf3 between two places; each place is a command prefix ("ip netns exec x").</summary>
internal static class Iperf
{
    /// <summary>Where it listens when nothing else is said.</summary>
    public const int Port = 5201;

    /// <summary>Gbit/s that the receiver saw; 0 when the run failed.</summary>
    public static double Run(string clientPlace, string address, int port, bool reverse, int seconds, int streams = 1) =>
        Gigabits(Shell.Run($"{clientPlace} {Client(address, port, reverse, seconds, streams)}", mayFail: true));

    /// <summary>The command that <see cref="Gigabits"/> reads the output of.</summary>
    public static string Client(string address, int port, bool reverse, int seconds, int streams = 1) =>
        $"timeout {seconds + 20} iperf3 -c {address} -p {port} -t {seconds} -O 1 -P {streams} {(reverse ? "-R" : "")} --json";

    public static double Gigabits(string output)
    {
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
