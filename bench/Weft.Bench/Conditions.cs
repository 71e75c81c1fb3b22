namespace Weft.Bench;

/// <summary>What a figure is worth nothing without.</summary>
internal static class Conditions
{
    public static void Print()
    {
        string processor = Shell.Run("grep -m1 'model name' /proc/cpuinfo | cut -d: -f2", mayFail: true).Trim();
        Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd}  {Environment.ProcessorCount} cores  {processor}");
        Console.WriteLine($"kernel {Shell.Run("uname -r").Trim()}  .NET {Environment.Version}  load {Shell.Run("cut -d' ' -f1 /proc/loadavg").Trim()}");
        Console.WriteLine($"congestion control {Shell.Run("sysctl -n net.ipv4.tcp_congestion_control").Trim()}");
    }
}
