using Weft.Daemon;
using Weft.Daemon.Control;
using Weft.Daemon.Store;
using Weft.Daemon.Workers;
using Weft.Linux;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Files;
using Weft.Model.Planning;
using Weft.Tests.Model;

namespace Weft.Tests.Daemon;

/// <summary>weftd or the worker dies at every step of a change: whoever comes next finds or makes it whole, or nothing of it.</summary>
public sealed class StewardCrashTests
{
    /// <summary>Each gives two topologies that share some networks, guests and forwards.</summary>
    public static TheoryData<int> Seeds => [31, 32, 33];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_weftd_killed_at_any_call_to_the_disk_leaves_a_whole(int seed)
    {
        bool died = true;
        int before = 0;
        for (int at = 1; died; at++)
        {
            using Scene scene = await Scene.UpAsync(seed);
            scene.Files.DieAt = scene.Files.Calls + at;
            died = !await scene.TryChangeAsync();
            before += await scene.IsWholeAsync() ? 0 : 1;
        }
        Assert.InRange(before, 3, 1000);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_weftd_killed_before_any_command_to_the_worker_leaves_a_whole(int seed)
    {
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            using Scene scene = await Scene.UpAsync(seed);
            int left = deaths + 1;
            scene.Keepers.Worker!.Refuse = (_, _) =>
            {
                // The command is not taken, and the one who sent it does nothing more.
                bool now = --left == 0;
                scene.Files.DieAt = now ? scene.Files.Calls + 1 : scene.Files.DieAt;
                return now ? Errno.EIO : 0;
            };
            died = !await scene.TryChangeAsync();
            scene.Keepers.Worker.Refuse = (_, _) => 0;
            Assert.Equal(!died, await scene.IsWholeAsync());
        }
        Assert.InRange(deaths, 3, 1000);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_worker_killed_at_any_command_takes_nothing_of_a_change_with_it(int seed)
    {
        int deaths = 0;
        for (bool died = true; died; deaths += died ? 1 : 0)
        {
            using Scene scene = await Scene.UpAsync(seed);
            int left = deaths + 1;
            Task replaced = Task.CompletedTask;
            FakeWorker worker = scene.Keepers.Worker!;
            worker.OnCommand = _ =>
            {
                if (--left == 0)
                {
                    replaced = Task.Run(scene.Keepers.Replace);
                    SpinWait.SpinUntil(() => worker.IsDying);
                }
            };
            Assert.True(await scene.TryChangeAsync());
            died = !ReferenceEquals(replaced, Task.CompletedTask);
            await replaced;
            Assert.True(await scene.IsWholeAsync());
        }
        Assert.InRange(deaths, 3, 1000);
    }

    /// <summary>One weftd with its worker and its disk, about to change from one topology to another.</summary>
    private sealed class Scene : ITapSource, IDisposable
    {
        private readonly HomeFolder _home = new(Directory.CreateTempSubdirectory("weft-").FullName);
        private readonly Topology _before;
        private readonly Topology _after;
        private Steward _steward;
        private bool _acknowledged;

        private Scene(int seed)
        {
            RandomTopologies topologies = new(seed);
            (_before, _after) = (topologies.Next(), topologies.Next());
            Directory.CreateDirectory(_home.Ports);
            Files = new CrashingFiles(new Random(seed));
            Keepers = new FakeKeepers(_home);
            _steward = Next();
        }

        public CrashingFiles Files { get; private set; }

        public FakeKeepers Keepers { get; }

        public static async Task<Scene> UpAsync(int seed)
        {
            Scene scene = new(seed);
            await scene._steward.UpAsync(new UpRequest(Text(scene._before), "before"));
            return scene;
        }

        /// <summary>False when weftd died of it.</summary>
        public async Task<bool> TryChangeAsync()
        {
            try
            {
                await _steward.UpAsync(new UpRequest(Text(_after), "after"));
                return _acknowledged = true;
            }
            catch (CrashException)
            {
                return false;
            }
        }

        /// <summary>Starts the next weftd, and looks at everything. True: the change is there; false: nothing of it is.</summary>
        public async Task<bool> IsWholeAsync()
        {
            _steward.Dispose();
            Files = Files.Restart();
            _steward = Next();
            await _steward.RestoreAsync(awaitUp: false);
            View view = _steward.View;
            bool changed = view.Topology == _after;
            Assert.True(changed || (view.Topology == _before && !_acknowledged));
            Assert.Empty(view.Faults);
            Assert.Equal(view.Plane, Running.Read(Keepers.Worker!.State, view.Plane).Plane);
            Assert.Equal(changed ? new ExportDocument("after", Text(_after)) : new ExportDocument("before", Text(_before)), await _steward.ExportAsync());
            Assert.Equal(changed ? ["up after", "up before"] : ["up before"], (await _steward.HistoryAsync()).Items.Select(i => i.What));
            return changed;
        }

        int ITapSource.Open(PlanePort port, int mtu, out string problem)
        {
            problem = "";
            return FileCalls.Open("/dev/null", FileCalls.ReadWrite);
        }

        public void Dispose()
        {
            _steward.Dispose();
            Keepers.Dispose();
            Directory.Delete(_home.Path, recursive: true);
        }

        private Steward Next()
        {
            Steward steward = new(new DaemonParts(_home, Files, Keepers, this, () => []) { Log = new DaemonLog(_home.Log) });
            steward.Open();
            return steward;
        }

        private static string Text(Topology topology) => $"# written by hand\n{TopologyText.Write(topology)}";
    }
}
