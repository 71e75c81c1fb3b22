using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Tcp;
using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Deaths and births of the worker.</summary>
internal sealed unsafe partial class TcpBench
{
    /// <summary>Called with each new worker before it restores anything: arms its death.</summary>
    public Action<SimulatedHost>? Arm { get; set; }

    /// <summary>Puts something between the translator and the simulated sockets.</summary>
    public Func<SimulatedHost, IHostSockets>? Decorate { get; set; }

    /// <summary>How often frames of the burst that a kill cut short come again.</summary>
    public int Replays { get; set; } = 1;

    /// <summary>Microseconds between death and birth.</summary>
    public long Gap { get; set; } = 2_000;

    public int Kills { get; private set; }

    /// <summary>Sum over all takeovers.</summary>
    public TcpTakeover Takeovers { get; private set; }

    /// <summary>Kept descriptors that no record claimed.</summary>
    public int Orphans { get; private set; }

    /// <summary>Leaves kills out of the count that were made to set the stage.</summary>
    public void ForgetKills(int count) => Kills -= count;

    /// <summary>Kills now, between two turns.</summary>
    public void Kill() => Restart();

    private void Start()
    {
        Host = World.Start();
        Lane = new Lane(new DeafReadiness(Host.Readiness, () => IsDeafToRoom), World.Time);
        Arm?.Invoke(Host);
        IHostSockets sockets = Decorate?.Invoke(Host) ?? Host.Sockets;
        _side = new HostSide(sockets, Host.Keeper, new CheckedEnds(Host, sockets, Violations), Access);
        RecordArray<TcpFlowRecord> records = _memory.State.Array<TcpFlowRecord>(SharedArray.TcpFlows);
        Table = new TcpTable(Lane, _side, records, new InitialSequence(1, 2), seed: 3);
        Translator = new TcpTranslator(Table, this, this, _counters);
        Lane.Add((ITurnEnd)this);
        Restore();
    }

    private void Restore()
    {
        int[] handed = [.. Host.Handed];
        RestoreForward(handed);
        TcpTakeover found = Table.RestoreAll(slot =>
        {
            if ((uint)slot >= (uint)handed.Length)
            {
                return -1;
            }
            int descriptor = handed[slot];
            handed[slot] = -1;
            return descriptor;
        });
        Takeovers = new TcpTakeover
        {
            Restored = Takeovers.Restored + found.Restored,
            Ended = Takeovers.Ended + found.Ended,
            Forgotten = Takeovers.Forgotten + found.Forgotten,
            Lost = Takeovers.Lost + found.Lost,
        };
        for (int slot = 0; slot < handed.Length; slot++)
        {
            if (handed[slot] >= 0)
            {
                TakeUnclaimed(handed[slot], slot);
            }
        }
        Host.Readiness.Wake();
    }

    private void Restart()
    {
        bool born = false;
        while (!born)
        {
            Bury();
            try
            {
                Start();
                born = true;
            }
            catch (WorkerKilled)
            {
                // Killed in the middle of the takeover: the next one starts from the same records.
            }
        }
    }

    private void Bury()
    {
        Kills++;
        World.Kill(Host);
        Table.Dispose();
        Lane.Dispose();
        _outbox.Clear();
        _check.Forget();
        _roomAgain = false;
        Guest.Forgiven = 1460;
        for (int i = _burst.Count * Replays - 1; i >= 0; i--)
        {
            _ring.AddFirst(_burst[i % _burst.Count]);
        }
        _burst.Clear();
        World.Time.Advance(Gap);
    }
}
