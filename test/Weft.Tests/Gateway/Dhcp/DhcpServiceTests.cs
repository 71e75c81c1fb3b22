using System.Runtime.InteropServices;
using Weft.Engine.State;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Names;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dhcp;

/// <summary>Server, journal and commits together, over a real file.</summary>
public sealed unsafe class DhcpServiceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-dhcp-").FullName;
    private readonly void* _memory = NativeMemory.AllocZeroed(16, (nuint)sizeof(LeaseRecord));
    private readonly DhcpClient _alpha = new(Mac("52:54:00:00:00:0a"));
    private readonly AutoResetEvent _committed = new(false);

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _committed.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void An_ack_leaves_after_the_commit_and_the_lease_is_there_after_a_reboot()
    {
        byte[] buffer = new byte[DhcpReply.MaxSize];
        using (LeaseJournal journal = Open())
        {
            DhcpService service = NewService(journal);
            Assert.Equal(DhcpOutcome.Send, Send(service, _alpha.Discover(), buffer).Outcome);
            DhcpReply waiting = Send(service, _alpha.Selecting(Ip("10.20.0.15"), Facts.Gateway), buffer);
            Assert.Equal(DhcpOutcome.SendAfterCommit, waiting.Outcome);
            byte[] expected = buffer[..waiting.Length];
            Array.Clear(buffer);
            Assert.True(_committed.WaitOne(TimeSpan.FromSeconds(60)));
            Assert.True(service.TryTakeCommitted(out DhcpReply reply, out ReadOnlySpan<byte> payload));
            Assert.Equal(expected, payload.ToArray());
            Assert.Equal(waiting.To, reply.To);
            Assert.False(service.TryTakeCommitted(out _, out _));
        }
        // A reboot: the shared memory is gone, ids are new, the file is there.
        new Span<byte>(_memory, 16 * sizeof(LeaseRecord)).Clear();
        using LeaseJournal next = Open();
        DhcpService again = NewService(next);
        again.Restore(Now);
        Assert.Equal(Ip("10.20.0.15"), Assert.Single(again.Leases.All).Address);
        Assert.Equal(7ul, ((LeaseRecord*)_memory)->NetworkId);
        DhcpReply nak = Send(again, new DhcpClient(Mac("52:54:00:00:00:0b")).InitReboot(Ip("10.20.0.15")), buffer);
        Assert.Equal((byte)DhcpMessageType.Nak, buffer[242]);
        Assert.Equal(DhcpOutcome.Send, nak.Outcome);
    }

    [Fact]
    public void A_network_that_ends_leaves_nothing_behind()
    {
        byte[] buffer = new byte[DhcpReply.MaxSize];
        using (LeaseJournal journal = Open())
        {
            DhcpService service = NewService(journal);
            Send(service, _alpha.InitReboot(Ip("10.20.0.15")), buffer);
            service.End();
        }
        Assert.Equal(0ul, ((LeaseRecord*)_memory)->NetworkId);
        using LeaseJournal next = Open();
        Assert.Empty(next.Recovered);
    }

    private static LeaseTime Now => new(5_000_000, 1_700_000_000);

    private LeaseJournal Open() => LeaseJournal.Open(Path.Combine(_folder, "leases"), () => _committed.Set());

    private DhcpService NewService(LeaseJournal journal) => new(DhcpBench.DefaultScope,
        new DhcpTables(new GuestNics(), new NameTable(), new LeaseSlots(new RecordArray<LeaseRecord>((byte*)_memory, 16))), journal);

    private static DhcpReply Send(DhcpService service, byte[] message, byte[] to) =>
        service.Handle(new DhcpRequest { Message = message, Source = Mac("52:54:00:00:00:0a"), Port = 1, Now = Now }, to);
}
