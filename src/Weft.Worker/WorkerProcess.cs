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
/// standby, take over when told, and then run one lane until it is stopped or killed. Order of a takeover, each step short:
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
        SharedState state = OpenState(memory);
        StartLife(state, told);
        using EpollReadiness readiness = new();
        using Lane lane = NewLane(readiness, state);
        Serve(home, lane, state, keeper, memory, told);
        keeper.SendStop();
        return 0;
    }

    private static void Serve(string home, Lane lane, SharedState state, KeeperLink keeper, SharedMemory memory, long told)
    {
        HostSockets sockets = new();
        KeptDescriptors kept = new(lane.Readiness, sockets, keeper);
        using GatewayLane gateways = new(lane, new HostSide(sockets, keeper, kept, new HostAccess()), state, Path.Combine(home, "state", "leases"));
        using ResolverWatch resolvers = new(lane, gateways);
        DataPlane plane = new(lane, state, gateways, new AttachmentOpener(state, sockets, keeper, kept));
        keeper.Watch(lane);
        plane.Restore(keeper.DescriptorOf);
        for (int slot = keeper.NextUnclaimed(0); slot >= 0; slot = keeper.NextUnclaimed(slot + 1))
        {
            gateways.TakeUnclaimed(keeper.DescriptorOf(slot), slot);
        }
        lane.Add(new StatusKeeper(state, gateways, keeper));
        using CommandServer commands = new(lane, new CommandHandler(plane, keeper, memory, lane), Path.Combine(home, "run", "worker.sock"));
        state.Worker.Serving = NowMicroseconds();
        state.Worker.TakeoverMicroseconds = state.Worker.Generation > 1 ? state.Worker.Serving - told : 0;
        keeper.SendReady();
        lane.Run();
        plane.Dispose();
    }

    private static unsafe Lane NewLane(EpollReadiness readiness, SharedState state) =>
        new(readiness, TimeProvider.System) { Counters = state.Array<LaneCounters>(SharedArray.Lanes).At(0) };

    private static unsafe SharedState OpenState(SharedMemory memory)
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
        ulong size = SharedState.SizeOf(SharedArrays.All);
        if (memory.Size < size)
        {
            memory.Resize(size);
        }
        state = SharedState.Create(memory.Start, SharedArrays.All);
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
        status.LaneAllocated = 0;
    }

    private static ulong RandomWord() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private static long NowMicroseconds() => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / 10;
}
