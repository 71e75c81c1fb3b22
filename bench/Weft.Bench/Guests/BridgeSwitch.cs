namespace Weft.Bench.Guests;

/// <summary>
/// The kernel's bridge with a TAP for each guest, by the driver that takes checksum and segmentation offload: gro=1 gives it
/// receive buffers for the large frames that the other guest's TSO makes.
/// </summary>
internal sealed class BridgeSwitch : IGuestSwitch
{
    public const string Name = "kernel bridge, TAPs";
    private static readonly string _bridge = $"wbgb{Environment.ProcessId % 10000}";
    private static readonly string[] _taps = [$"wbga{Environment.ProcessId % 10000}", $"wbgc{Environment.ProcessId % 10000}"];

    public BridgeSwitch()
    {
        try
        {
            Shell.Run($"ip link add {_bridge} type bridge && ip link set {_bridge} up");
            foreach (string tap in _taps)
            {
                Shell.Run($"ip tuntap add {tap} mode tap vnet_hdr && ip link set {tap} master {_bridge} up");
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string NicOne => Nic(_taps[0]);

    public string NicTwo => Nic(_taps[1]);

    public void Dispose()
    {
        foreach (string device in (string[])[.. _taps, _bridge])
        {
            Shell.Run($"ip link del {device}", mayFail: true);
        }
    }

    private static string Nic(string tap) => $"vec0:transport=tap,ifname={tap},depth=128,gro=1";
}
