using System.Diagnostics;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>The double is right when a back end that nobody here wrote understands it: two net_vhost ports of DPDK's testpmd, joined.</summary>
public sealed class DriverAgainstTestpmdTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-pmd").FullName;
    private Process? _testpmd;

    [TestpmdTheory]
    [InlineData(DeviceFeatures.Usual, 1, ChainLayout.OneDescriptor)]
    [InlineData(DeviceFeatures.Usual, 1, ChainLayout.HeaderApart)]
    [InlineData(DeviceFeatures.Usual, 1, ChainLayout.ManyPieces)]
    [InlineData(DeviceFeatures.Usual, 1, ChainLayout.IndirectMany)]
    [InlineData(DeviceFeatures.Usual & ~DeviceFeatures.EventIndex, 1, ChainLayout.IndirectPages)]
    [InlineData(DeviceFeatures.Usual & ~DeviceFeatures.MergeableBuffers, 1, ChainLayout.HeadAndPages)]
    [InlineData(DeviceFeatures.Usual | DeviceFeatures.InOrder, 2, ChainLayout.HeadAndPages)]
    public void CarriesFramesThroughIt(DeviceFeatures features, int pairs, ChainLayout layout)
    {
        Run(pairs);
        DriverOptions options = new() { Features = features, QueuePairs = pairs, BufferLayout = layout };
        using VhostDriver a = VhostDriver.Connect(Path.Combine(_folder, "a"), Pause, options);
        using VhostDriver b = VhostDriver.Connect(Path.Combine(_folder, "b"), Pause, options);
        int warming = SendUntilOneArrives(a, b, options);
        for (int i = 0; i < 3000; i++)
        {
            (VhostDriver from, VhostDriver to) = i % 2 == 0 ? (a, b) : (b, a);
            byte[] frame = EndpointContract.Frame(i, 60 + i % 1400);
            Assert.True(from.Transmit[0].Send(frame, default, layout));
            ReceivedFrame? got = null;
            Assert.True(SpinWait.SpinUntil(() => (got = to.Receive[0].TryReceive()) is not null, 5000), $"frame {i} did not come");
            Assert.Equal(frame, got!.Bytes);
            to.Receive[0].Post(got.Buffers, options.BufferSize, layout);
        }
        ushort stopped = a.StopRing(a.Rings[1]);
        Assert.Equal(1500 + warming, stopped);
        a.Memory.AssertGuards();
    }

    /// <summary>testpmd forwards as soon as one port is up and drops what the other can not take yet: frames until its both ports are up. Says how many were sent.</summary>
    private static int SendUntilOneArrives(VhostDriver from, VhostDriver to, DriverOptions options)
    {
        byte[] frame = EndpointContract.Frame(0, 60);
        for (int sent = 1; sent <= 64; sent++)
        {
            Assert.True(from.Transmit[0].Send(frame, default, options.BufferLayout));
            ReceivedFrame? got = null;
            if (SpinWait.SpinUntil(() => (got = to.Receive[0].TryReceive()) is not null, 500))
            {
                Assert.Equal(frame, got!.Bytes);
                to.Receive[0].Post(got.Buffers, options.BufferSize, options.BufferLayout);
                return sent;
            }
        }
        throw new TimeoutException("testpmd forwards nothing");
    }

    public void Dispose()
    {
        if (_testpmd is not null)
        {
            _testpmd.Kill();
            _testpmd.WaitForExit();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static void Pause() => Thread.Sleep(1);

    private void Run(int pairs)
    {
        string vdevs = string.Join(' ', ((string[])["a", "b"]).Select((name, i) => $"--vdev net_vhost{i},iface={_folder}/{name},queues={pairs}"));
        ProcessStartInfo start = new(TestpmdTheoryAttribute.Program!,
            $"--lcores 0@0,1@1 --no-huge -m 256 --no-pci --no-shconf {vdevs} -- --nb-cores=1 --rxq={pairs} --txq={pairs} " +
            "--total-num-mbufs=16384 --no-flush-rx --forward-mode=io --auto-start --stats-period 60")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _testpmd = Process.Start(start)!;
        _testpmd.OutputDataReceived += (_, _) => { };
        _testpmd.ErrorDataReceived += (_, _) => { };
        _testpmd.BeginOutputReadLine();
        _testpmd.BeginErrorReadLine();
        Assert.True(SpinWait.SpinUntil(() => File.Exists(Path.Combine(_folder, "b")), 20_000));
        Thread.Sleep(500);
    }
}
