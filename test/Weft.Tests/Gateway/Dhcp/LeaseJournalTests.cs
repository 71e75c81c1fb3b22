using Weft.Gateway.Dhcp;
using static Weft.Tests.Gateway.Dhcp.LeaseLogTests;

namespace Weft.Tests.Gateway.Dhcp;

public sealed class LeaseJournalTests : IDisposable
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("weft-leases-").FullName;

    private string File1 => Path.Combine(_folder, "leases");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Changes_are_committed_in_order_and_found_again()
    {
        using (LeaseJournal journal = LeaseJournal.Open(File1, () => { }))
        {
            Assert.Empty(journal.Recovered);
            LeaseChange[] changes = [.. Enumerable.Range(1, 500).Select(i => Change((uint)i, i))];
            foreach (LeaseChange change in changes)
            {
                journal.Append(change);
            }
            SpinWait.SpinUntil(() => changes[^1].IsCommitted, Generous);
            Assert.All(changes, change => Assert.True(change.IsCommitted));
            Assert.Null(journal.Problem);
            // On the disk before anybody closed anything.
            Assert.Equal(500, LeaseLog.Read(ReadShared()).Leases.Count);
        }
        using LeaseJournal next = LeaseJournal.Open(File1, () => { });
        Assert.Equal(500, next.Recovered.Count);
        Assert.Equal(0, next.TornBytes);
    }

    [Fact]
    public void A_torn_end_is_cut_off_before_anything_follows()
    {
        byte[] whole = Write(Change(1, 1), Change(2, 2));
        File.WriteAllBytes(File1, whole[..^5]);
        using (LeaseJournal journal = LeaseJournal.Open(File1, () => { }))
        {
            Assert.Single(journal.Recovered);
            Assert.True(journal.TornBytes > 0);
            journal.Append(Change(3, 3));
        }
        LeaseLogContent content = LeaseLog.Read(File.ReadAllBytes(File1));
        Assert.Equal([1L, 3L], content.Leases.Select(lease => lease.Expires));
    }

    [Fact]
    public void A_file_of_another_kind_is_put_aside()
    {
        File.WriteAllText(File1, "something else\n");
        using (LeaseJournal journal = LeaseJournal.Open(File1, () => { }))
        {
            Assert.Empty(journal.Recovered);
        }
        Assert.Equal("something else\n", File.ReadAllText(File1 + ".foreign"));
        Assert.True(LeaseLog.Read(File.ReadAllBytes(File1)).IsOurs);
    }

    [Fact]
    public void A_file_full_of_old_lines_is_rewritten()
    {
        using (LeaseJournal journal = LeaseJournal.Open(File1, () => { }))
        {
            LeaseChange? last = null;
            for (int round = 0; round < 40; round++)
            {
                for (uint i = 1; i <= 100; i++)
                {
                    journal.Append(last = Change(i, round));
                }
                LeaseChange waitFor = last!;
                SpinWait.SpinUntil(() => waitFor.IsCommitted, Generous);
            }
        }
        Assert.InRange(new FileInfo(File1).Length, 1, 100 * 1024);
        LeaseLogContent content = LeaseLog.Read(File.ReadAllBytes(File1));
        Assert.Equal(100, content.Leases.Count);
        Assert.All(content.Leases, lease => Assert.Equal(39, lease.Expires));
    }

    [Fact]
    public void On_a_full_disk_leases_are_committed_all_the_same_and_written_once_there_is_room()
    {
        var file = new FakeLeaseFile();
        int called = 0;
        using (var journal = new LeaseJournal(file, () => Interlocked.Increment(ref called), retryMilliseconds: 10))
        {
            file.IsFull = true;
            LeaseChange change = Change(1, 1);
            journal.Append(change);
            SpinWait.SpinUntil(() => change.IsCommitted && Volatile.Read(ref called) == 1, Generous);
            Assert.True(change.IsCommitted);
            Assert.Contains("disk full", journal.Problem);
            Assert.True(journal.Failures > 0);
            file.IsFull = false;
            SpinWait.SpinUntil(() => journal.Problem is null, Generous);
            Assert.Null(journal.Problem);
            journal.Append(Change(2, 2));
        }
        LeaseLogContent content = LeaseLog.Read(file.Read());
        Assert.Equal(2, content.Leases.Count);
        Assert.Equal(file.Length, content.GoodLength);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_problem_not_an_exception()
    {
        using LeaseJournal journal = LeaseJournal.Open(Path.Combine(_folder, "no", "leases"), () => { });
        LeaseChange change = Change(1, 1);
        journal.Append(change);
        SpinWait.SpinUntil(() => change.IsCommitted, Generous);
        Assert.True(change.IsCommitted);
        Assert.NotNull(journal.Problem);
    }

    /// <summary>Bytes in memory; when full, half of what is written arrives before the error.</summary>
    private sealed class FakeLeaseFile : ILeaseFile
    {
        private readonly List<byte> _bytes = [];

        public volatile bool IsFull;

        public long Length => _bytes.Count;

        public byte[] Read() => [.. _bytes];

        public void Append(ReadOnlySpan<byte> bytes)
        {
            _bytes.AddRange(IsFull ? bytes[..(bytes.Length / 2)] : bytes);
            ThrowIfFull();
        }

        public void Rewrite(ReadOnlySpan<byte> bytes)
        {
            ThrowIfFull();
            _bytes.Clear();
            _bytes.AddRange(bytes);
        }

        public void PutAside() => _bytes.Clear();

        public void Dispose()
        {
        }

        private void ThrowIfFull()
        {
            if (IsFull)
            {
                throw new IOException("disk full");
            }
        }
    }

    private byte[] ReadShared()
    {
        using var stream = new FileStream(File1, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
