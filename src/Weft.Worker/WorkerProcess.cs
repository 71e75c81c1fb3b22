using System.Security.Cryptography;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway;
using Weft.Gateway.Nat;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;

namespace Weft.Worker;

/// <summary>
/// Theory. The worker's life: connect to the keeper that started it, map the shared memory, compile ahead while it is only a
/// standby, take over when told, and then run its lanes until it is stopped or killed. Order of a takeover, each step short:
///   descriptors by slot → records become networks, ports, forwards → flows read their sockets → frames that the predecessor
///   had read are polled again → the command socket opens → first turn.
/// </summary>
public static class WorkerProcess
{
    /// <summary>A first worker is told to go with its memory; who hears nothing for that long is a standby.</summary>
    private const int ColdStartMilliseconds = 5;

    /// <summary><c>worker --home H</c>. Exit code 0 after an orderly stop.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        long started = NowMicroseconds();
        if (args is not ["--home", string home])
        {
            Console.Error.WriteLine("weft worker is started by the keeper: weft worker --home FOLDER");
            return 2;
        }
        using KeeperLink keeper = KeeperLink.Connect(home);
        using SharedMemory memory = keeper.ReceiveMemory();
        bool standby = !keeper.HasMessage(ColdStartMilliseconds);
        if (standby)
        {
            WarmUp.Run(() => keeper.HasMessage(0));
        }
        if (keeper.WaitForGo() < 0)
        {
            return 0;
        }
        long told = standby ? NowMicroseconds() : started;
        LanePlan plan = LanePlan.Read(home);
        SharedState state = OpenState(memory, plan.Count);
        StartLife(state, told);
        if (!standby)
        {
            WarmUp.StartBeside();
        }
        using GatewayCommons commons = new(state, Path.Combine(home, "state", "leases"));
        if (state.Worker.Lanes == 1)
        {
            using LaneSet lanes = new(state, plan, HearKeeper, commons);
            Serve(home, lanes.First.Lane, lanes, state, keeper, memory, told);
        }
        else
        {
            using EpollReadiness readiness = new();
            using Lane main = new(readiness, TimeProvider.System);
            keeper.Watch(main);
            using LaneSet lanes = new(state, plan, lane => new LaneKeeper(keeper, lane), commons);
            Serve(home, main, lanes, state, keeper, memory, told);
        }
        keeper.SendStop();
        return 0;

        IDescriptorKeeper HearKeeper(Lane lane)
        {
            keeper.Watch(lane);
            return keeper;
        }
    }

    /// <param name="main">The lane of this thread: the only one, or one for commands beside several.</param>
    private static void Serve(string home, Lane main, LaneSet lanes, SharedState state, KeeperLink keeper, SharedMemory memory, long told)
    {
        DataPlane plane = new(lanes, state);
        plane.CaptureLeft = id => main.Post(() => plane.CloseCapture(id));
        plane.Restore(keeper.DescriptorOf);
        for (int slot = keeper.NextUnclaimed(0); slot >= 0; slot = keeper.NextUnclaimed(slot + 1))
        {
            lanes.TakeUnclaimed(keeper.DescriptorOf(slot), slot);
        }
        main.Add(new StatusKeeper(state, keeper));
        using CommandServer commands = new(main, new CommandHandler(plane, keeper, memory, main), Path.Combine(home, "run", "worker.sock"));
        state.Worker.Serving = NowMicroseconds();
        state.Worker.TakeoverMicroseconds = state.Worker.Generation > 1 ? state.Worker.Serving - told : 0;
        keeper.SendReady();
        lanes.StartBeside(main);
        main.Run();
        lanes.Stop();
        plane.Dispose();
    }

    private static unsafe SharedState OpenState(SharedMemory memory, int lanes)
    {
        if (memory.Refresh() && SharedState.TryOpen(memory.Start, memory.Size, out SharedState? state))
        {
            return state;
        }
        if (memory.Size > 0)
        {
            Console.Error.WriteLine("weft worker: the shared memory is of another version; flows of before are lost");
            memory.Clear();
        }
        ulong size = SharedState.SizeOf(SharedArrays.For(lanes));
        if (memory.Size < size)
        {
            memory.Resize(size);
        }
        state = SharedState.Create(memory.Start, SharedArrays.For(lanes));
        state.Worker.Lanes = (uint)lanes;
        state.Worker.FirstStart = NowMicroseconds();
        state.Worker.IsnSecretLow = RandomWord();
        state.Worker.IsnSecretHigh = RandomWord();
        return state;
    }

    private static void StartLife(SharedState state, long told)
    {
        ref WorkerStatus status = ref state.Worker;
        status.Pid = Environment.ProcessId;
        status.Generation++;
        status.ThisStart = told;
    }

    private static ulong RandomWord() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private static long NowMicroseconds() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / 10;
}
