using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Weft.Bench.Vhost;

/// <summary>
/// OVS-DPDK, all its own: two dpdkvhostuser ports on a netdev bridge, and two rules from port to port, which is its fastest
/// path. In a network namespace that ends with it, since a bridge makes devices.
/// </summary>
internal sealed partial class OvsCore : ISwitchCore
{
    public const string Name = "OVS-DPDK";
    private const string Program = "/usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk";

    private readonly string _folder;
    private readonly List<Process> _processes = [];

    public OvsCore(string folder, DpdkHost host)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        try
        {
            StartDatabase();
            Configure(host);
            string places = $"unix:{folder}/db --unixctl={folder}/control";
            _processes.Add(Shell.Start($"OVS_RUNDIR={folder} exec unshare -n {Program} {places} --no-chdir"));
            AddPorts();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>It asks DPDK for files in memory, which DPDK has on huge pages only.</summary>
    public static bool RunsOn(DpdkHost host) => host.HasHugePages && Programs.Has(Program, "openvswitch-switch-dpdk");

    public string One => Path.Combine(_folder, "one");

    public string Two => Path.Combine(_folder, "two");

    public int Pid => _processes[^1].Id;

    public int Forwarder => Threads.Named(Pid, "pmd-");

    public string StartCount() => $"ovs-appctl -t {_folder}/control dpif-netdev/pmd-stats-clear";

    public string Show => $"ovs-appctl -t {_folder}/control dpif-netdev/pmd-stats-show";

    public double OwnCycles(string shown) => Cycles().Match(shown) is { Success: true } match
        ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : double.NaN;

    public void Dispose()
    {
        _processes.Reverse();
        _processes.ForEach(Shell.Stop);
    }

    private void StartDatabase()
    {
        Shell.Run($"ovsdb-tool create {_folder}/conf.db /usr/share/openvswitch/vswitch.ovsschema");
        _processes.Add(Shell.Start(
            $"exec ovsdb-server {_folder}/conf.db --remote=punix:{_folder}/db --unixctl={_folder}/db-control --no-chdir"));
        Shell.WaitFor(() => File.Exists($"{_folder}/db"), "ovsdb-server");
    }

    private void Configure(DpdkHost host)
    {
        Control("--no-wait init");
        Control($"--no-wait set Open_vSwitch . other_config:dpdk-init=true other_config:dpdk-lcore-mask=0x1 " +
            $"other_config:pmd-cpu-mask={1 << ISwitchCore.Processor:x} 'other_config:dpdk-extra={host.Memory(400)}'");
    }

    private void AddPorts()
    {
        Control("add-br br0 -- set bridge br0 datapath_type=netdev");
        Control("add-port br0 one -- set interface one type=dpdkvhostuser ofport_request=1");
        Control("add-port br0 two -- set interface two type=dpdkvhostuser ofport_request=2");
        foreach (string command in (string[])["del-flows", "add-flow in_port=1,actions=output:2", "add-flow in_port=2,actions=output:1"])
        {
            string[] words = command.Split(' ', 2);
            Shell.Run($"ovs-ofctl {words[0]} unix:{_folder}/br0.mgmt {words.ElementAtOrDefault(1)}");
        }
    }

    private void Control(string command) => Shell.Run($"timeout 20 ovs-vsctl --db=unix:{_folder}/db {command}");

    [GeneratedRegex(@"avg processing cycles per packet: ([\d.]+)")]
    private static partial Regex Cycles();
}
