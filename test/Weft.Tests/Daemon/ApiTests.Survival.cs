using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Tests.Linux;

namespace Weft.Tests.Daemon;

/// <summary>What happens when weftd, the keeper or the worker dies.</summary>
public sealed partial class ApiTests
{
    [Fact]
    public void The_next_weftd_finds_the_worker_and_changes_nothing()
    {
        _daemon.Up(Lab);
        lock (_daemon.Worker.Commands)
        {
            _daemon.Worker.Commands.Clear();
        }
        _daemon.Stop();
        _daemon.Start(awaitUp: false);

        Assert.Equal("ok", _daemon.Status().Worker.State);
        Assert.Equal(["8080:alpha:80/tcp"], _daemon.Client.Get(ApiPaths.Forwards, ApiJson.Default.ForwardList).Items
            .Select(f => f.Forward));
        lock (_daemon.Worker.Commands)
        {
            Assert.Equal([CommandKind.GetSharedMemory], _daemon.Worker.Commands);
        }
    }

    [Fact]
    public void After_a_reboot_the_next_weftd_builds_what_was_acknowledged()
    {
        _daemon.Up(Lab);
        _daemon.AddForward("5353:beta:53/udp");
        _daemon.Stop();
        _daemon.Keepers.Kill();
        _daemon.Start(awaitUp: false);

        Eventually.True(() => _daemon.Status().Worker.State == "ok" && _daemon.Worker.Names(SharedArray.Forwards).Count == 2);
        Assert.Equal(["127.0.0.1:5353", "127.0.0.1:8080"], _daemon.Worker.Names(SharedArray.Forwards));
    }

    [Fact]
    public void A_worker_that_was_replaced_is_found_again()
    {
        _daemon.Up(Lab);
        _daemon.Keepers.Replace();

        Eventually.True(() => _daemon.Status().Worker is { State: "ok", Restarts: 1 });
        Assert.Equal(["add forward 81:beta:81/tcp"], _daemon.AddForward("81:beta:81").Steps);
        Assert.Equal(1, _daemon.Keepers.Starts);
    }

    [Fact]
    public void A_worker_that_dies_under_a_change_is_no_reason_to_fail()
    {
        _daemon.Up(Lab);
        FakeWorker first = _daemon.Worker;
        bool killed = false;
        first.OnCommand = kind =>
        {
            if (kind == CommandKind.PutForward && !killed)
            {
                killed = true;
                Task.Run(_daemon.Keepers.Replace);
                Thread.Sleep(50);
            }
        };

        _daemon.AddForward("81:beta:81");

        Assert.Equal(["127.0.0.1:8080", "127.0.0.1:81"], _daemon.Worker.Names(SharedArray.Forwards));
    }

    [Fact]
    public void When_keeper_and_worker_are_gone_they_are_started_again_with_everything()
    {
        _daemon.Up(Lab);
        _daemon.Keepers.Kill();

        Eventually.True(() => _daemon.Keepers.Starts == 2 && _daemon.Status().Worker.State == "ok"
            && _daemon.Worker.Names(SharedArray.Forwards).Count == 1);
        Assert.Equal(["alpha:1", "alpha:2", "beta:1"], _daemon.Worker.Names(SharedArray.Ports));
    }

    [Fact]
    public void A_worker_without_a_keeper_gets_one()
    {
        _daemon.Up(Lab);
        _daemon.Worker.State.Worker.Covered = 0;

        Eventually.True(() => _daemon.Keepers.Adoptions == 1);
        Assert.Equal("ok", _daemon.Status().Worker.State);
    }
}
