using System.Diagnostics;
using Weft.Bench.Vhost;

namespace Weft.Bench.Guests;

/// <summary>NAT of one User-Mode Linux guest by vhost-user, at MTU 1500, to a server on the host's loopback: Weft and passt.</summary>
internal sealed class GuestNatBench(Options options)
{
    private const int Port = 5230;
    private const string WeftVhost = "weft vhost-user 1500", PasstVhost = "passt vhost-user 1500";
    private const string WeftFile = """
        networks:
          lab: { mode: nat-network, subnet: 10.77.0.0/24 }
        vms:
          guest: { nics: [ { net: lab, ip: 10.77.0.15, attach: vhost-user, vhost-user: { socket: SOCKET } } ] }
        """;

    /// <summary>Another build of passt than the one in the PATH.</summary>
    private static readonly string _passt = Environment.GetEnvironmentVariable("PASST") ?? "passt";

    private readonly Samples _up = new("NAT of a guest, guest to host, TCP", "Gbit/s");
    private readonly Samples _down = new("NAT of a guest, host to guest, TCP", "Gbit/s");
    private readonly Ping _ping = new("NAT of a guest, ping to the gateway", 500, "0.002");

    public void Run()
    {
        if (!Programs.Has("linux.uml", "user-mode-linux"))
        {
            return;
        }
        bool passt = HasPasst();
        Process server = Iperf.Serve("", Port);
        try
        {
            for (int round = 0; round < options.Rounds; round++)
            {
                if (!options.PeersOnly)
                {
                    Measure(WeftVhost, Weft);
                }
                if (passt)
                {
                    Measure(PasstVhost, Passt);
                }
            }
        }
        finally
        {
            Shell.Stop(server);
        }
        string? ours = options.PeersOnly ? null : WeftVhost;
        _up.Print(ours);
        _down.Print(ours);
        _ping.Print(ours);
    }

    private static bool HasPasst()
    {
        if (!Programs.Has(_passt, "passt"))
        {
            return false;
        }
        bool can = Shell.Run($"{_passt} --help 2>&1", mayFail: true).Contains("--vhost-user");
        if (!can)
        {
            Console.WriteLine($"{_passt} is too old for --vhost-user: its rows are left out (PASST=/path/to/passt names another)");
        }
        return can;
    }

    private void Weft(string row, string folder)
    {
        Directory.CreateDirectory(folder);
        string socket = Path.Combine(folder, "nic");
        using WeftStage stage = new(options.Weft);
        stage.Up(WeftFile.Replace("SOCKET", socket));
        MeasureGuest(row, folder, socket, "10.77.0.15/24", "10.77.0.1");
    }

    private void Passt(string row, string folder)
    {
        Directory.CreateDirectory(folder);
        string socket = Path.Combine(folder, "nic");
        Process process = Shell.Start($"exec {_passt} -f -q --vhost-user -s {socket} -m 1500 -a 10.5.0.2 -n 24 -g 10.5.0.1 -D none " +
            "--map-host-loopback 10.5.0.1 --runas 0");
        try
        {
            Shell.WaitFor(() => File.Exists(socket), "passt");
            using VhostShim shim = new(socket);
            MeasureGuest(row, folder, shim.Socket, "10.5.0.2/24", "10.5.0.1");
        }
        finally
        {
            Shell.Stop(process);
        }
    }

    private static void Measure(string row, Action<string, string> measure) => Attempt.Row(row, () =>
    {
        using ScratchFolder folder = new();
        measure(row, folder.Sub("nat"));
    });

    private void MeasureGuest(string row, string folder, string socket, string address, string gateway)
    {
        using Guest guest = new(Path.Combine(folder, "guest"), VhostSwitch.Nic(socket), address);
        guest.Await();
        guest.Run($"ip route add default via {gateway}", 5);
        _ping.Add(row, line => guest.Run(line, 30), gateway);
        _up.Add(row, Tcp(guest, gateway, reverse: false));
        _down.Add(row, Tcp(guest, gateway, reverse: true));
    }

    private double Tcp(Guest guest, string gateway, bool reverse) =>
        Iperf.Gigabits(guest.Run(Iperf.Client(gateway, Port, reverse, options.Seconds), options.Seconds + 30));
}
