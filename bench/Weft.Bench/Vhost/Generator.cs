using System.Globalization;
using System.Text.RegularExpressions;

namespace Weft.Bench.Vhost;

/// <summary>
/// Two guests in one dpdk-testpmd on processor 0. What comes in at one of its ports goes out at the other, so that frames
/// circulate through the core under test; each port's frames are for the other port's address, so a learning switch need not
/// flood.
/// </summary>
internal sealed partial class Generator : IDisposable
{
    private const int Processor = 0;

    /// <summary>Entries of a ring, and bursts of 32 frames that each port puts on the road.</summary>
    private const int Ring = 1024, Bursts = 16;
    private const long FramesOnRoad = 2 * Bursts * 32;
    private const string MacOne = "02:00:00:00:00:01", MacTwo = "02:00:00:00:00:02";

    private readonly TestPmd _pmd;
    private readonly int _frameBytes;

    public Generator(string folder, DpdkHost host, ISwitchCore core, int frameBytes)
    {
        _frameBytes = frameBytes;
        _pmd = new TestPmd(folder, Processor, host.Memory(300),
            $"--vdev net_virtio_user0,path={core.One},queues=1,queue_size={Ring},mac={MacOne} " +
            $"--vdev net_virtio_user1,path={core.Two},queues=1,queue_size={Ring},mac={MacTwo}",
            $"--txd={Ring} --rxd={Ring} --txpkts={frameBytes} --eth-peer=0,{MacTwo} --eth-peer=1,{MacOne}");
        Thread.Sleep(1000); // some cores take their time to put both ports to work; what comes before is lost to the run
        _pmd.Say($"start tx_first {Bursts}");
    }

    public int Pid => _pmd.Pid;

    public int Worker => _pmd.Worker;

    /// <summary>Shell line that prints, among other things, the rates since the last time.</summary>
    public string Show => _pmd.Ask("show port stats all");

    /// <summary>Packets per second, both ports together, of the last <see cref="Show"/>.</summary>
    public static double Rate(string shown) =>
        Received().Matches(shown).TakeLast(2).Sum(match => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    /// <summary>
    /// Ends the run and takes the frames off the road. Throws when some are gone or shorter: that core had less to carry than
    /// the others, and through fewer buffers.
    /// </summary>
    public void CheckRoad()
    {
        foreach (string command in (string[])["stop", "set fwd rxonly", "clear port stats all", "start"])
        {
            _pmd.Say(command);
            Thread.Sleep(100);
        }
        Thread.Sleep(200);
        Match[] ports = Counted().Matches(Shell.Run(Show)).ToArray();
        long frames = ports.Sum(port => long.Parse(port.Groups[1].Value, CultureInfo.InvariantCulture));
        long bytes = ports.Sum(port => long.Parse(port.Groups[2].Value, CultureInfo.InvariantCulture));
        if (frames != FramesOnRoad || bytes != FramesOnRoad * _frameBytes)
        {
            throw new InvalidOperationException($"of {FramesOnRoad} frames of {_frameBytes} B, {frames} with {bytes} B were left");
        }
    }

    public void Dispose() => _pmd.Dispose();

    [GeneratedRegex(@"RX-packets: (\d+).*RX-bytes: +(\d+)")]
    private static partial Regex Counted();

    [GeneratedRegex(@"Rx-pps:\s+(\d+)")]
    private static partial Regex Received();
}
