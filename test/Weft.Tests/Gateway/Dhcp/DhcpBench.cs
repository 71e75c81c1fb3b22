using System.Runtime.InteropServices;
using Weft.Engine.State;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Names;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dhcp;

/// <summary>A server with its store in virtual time, and the shared memory under it.</summary>
internal sealed unsafe class DhcpBench : IDisposable
{
    public const int Slots = 300;

    private readonly void* _memory = NativeMemory.AllocZeroed(Slots, (nuint)sizeof(LeaseRecord));

    public DhcpBench(DhcpScope? scope = null)
    {
        Scope = scope ?? DefaultScope;
        Restart();
    }

    public static DhcpScope DefaultScope { get; } = new()
    {
        Network = "lab",
        NetworkId = 7,
        Server = Facts.Gateway,
        PrefixLength = 24,
        First = Ip("10.20.0.15"),
        Last = Ip("10.20.0.30"),
        Router = Facts.Gateway,
        Dns = Facts.Dns,
        Domain = "weft.internal",
        LeaseSeconds = 3600,
    };

    public DhcpScope Scope { get; }

    public RecordArray<LeaseRecord> Records => new((byte*)_memory, Slots);

    public GuestNics Nics { get; } = new();

    public NameTable Names { get; private set; } = null!;

    public LeaseStore Store { get; private set; } = null!;

    public DhcpServer Server { get; private set; } = null!;

    /// <summary>Lane time in microseconds; the wall clock runs along.</summary>
    public long Micros { get; set; } = 1_000_000_000;

    public long UnixOffset { get; set; } = 1_700_000_000;

    public LeaseTime Now => new(Micros, UnixOffset + Micros / 1_000_000);

    /// <summary>The worker dies and the next one finds the shared memory.</summary>
    public void Restart()
    {
        Names = new NameTable();
        Names.SetFixed(Facts);
        Store = new LeaseStore(Scope, Nics, new LeaseSlots(Records));
        Server = new DhcpServer(Store, Nics, Names);
        Store.RestoreFromMirror(Now);
        Server.RenewNames(Now.Micros);
    }

    public void Wait(long seconds) => Micros += seconds * 1_000_000;

    public DhcpAnswer Send(byte[] message, ulong port = 1, MacAddress? source = null)
    {
        byte[] buffer = new byte[DhcpReply.MaxSize];
        var request = new DhcpRequest { Message = message, Source = source ?? new MacAddress(0x5254_0000_ffffUL), Port = port, Now = Now };
        DhcpReply reply = Server.Handle(in request, buffer);
        return new DhcpAnswer(reply, buffer[..reply.Length]);
    }

    public int RecordsInUse => Enumerable.Range(0, Slots).Count(i => Records[i].NetworkId != 0);

    public void Dispose() => NativeMemory.Free(_memory);
}
