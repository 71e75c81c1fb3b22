using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;

namespace Weft.Tests.Keeper;

/// <summary>The worker's end: order, batches, back-pressure, life without a keeper.</summary>
public sealed class KeeperLinkTests : IDisposable
{
    private readonly NumberedFiles _files = new();
    private readonly KeeperMessage _message = new();
    private int _far;
    private readonly KeeperLink _link;

    public KeeperLinkTests()
    {
        (int near, _far) = Pair();
        _link = new KeeperLink(near, SlotLimit.Raise());
    }

    [Fact]
    public void AddsAndDropsLeaveInOrderInBatches()
    {
        int file = _files.Open(1);
        int[] slots = [.. Enumerable.Range(0, 300).Select(_ => _link.Add(file))];
        Assert.Equal(Enumerable.Range(0, 300), slots);
        Assert.False(_link.AllKept);
        Assert.True(_link.Flush());
        Assert.True(_link.AllKept);
        Assert.Equal(253, Read().Count);
        Assert.Equal(Enumerable.Range(253, 47).Select(slot => $"+{slot}"), Read());
        _link.Drop(5);
        Assert.Equal(300, _link.Add(file));
        _link.Drop(6);
        Assert.True(_link.Flush());
        Assert.Equal(["-5", "+300", "-6"], Read());
        FileCalls.Close(file);
    }

    [Fact]
    public void ASlotIsUsedAgainOnlyWhenItsDropHasLeft()
    {
        int file = _files.Open(1);
        Assert.Equal(0, _link.Add(file));
        _link.Flush();
        _link.Drop(0);
        Assert.Equal(1, _link.Add(file));
        _link.Flush();
        Assert.Equal(0, _link.Add(file));
        FileCalls.Close(file);
    }

    [Fact]
    public void ADropCancelsItsOwnAddSinceTheDescriptorCloses()
    {
        int gone = _files.Open(1);
        int slot = _link.Add(gone);
        _link.Drop(slot);
        FileCalls.Close(gone);
        int other = _files.Open(2);
        Assert.Equal(slot + 1, _link.Add(other));
        Assert.True(_link.Flush());
        Assert.Equal([$"+{slot + 1}"], Read());
        Assert.Equal(1, _link.Used);
        FileCalls.Close(other);
    }

    [Fact]
    public void ADescriptorClosedBehindOurBackStopsNoOther()
    {
        // A number that no descriptor has: one just closed may be somebody else's by now, tests run side by side.
        const int Closed = 1 << 30;
        int file = _files.Open(1);
        _link.Add(file);
        _link.Add(Closed);
        _link.Add(file);
        Assert.True(_link.Flush());
        Assert.Equal(1ul, _link.Refused);
        Assert.Equal(["+0"], Read());
        Assert.Equal(["+2"], Read());
        FileCalls.Close(file);
    }

    [Fact]
    public void AKeeperThatDoesNotReadIsBackPressure()
    {
        int file = _files.Open(1);
        int added = 0;
        while (_link.Flush())
        {
            Assert.True(_link.Add(file) >= 0);
            added++;
        }
        Assert.False(_link.AllKept);
        Assert.Equal(1ul, _link.Busy);
        for (; _link.Add(file) >= 0; added++)
        {
        }
        Assert.Equal(KeeperLink.MaxQueued, _link.Queued);
        // Drops of what is held are always taken.
        _link.Drop(0);
        List<string> read = [];
        while (!_link.AllKept)
        {
            read.AddRange(Read());
            _link.Flush();
        }
        while (Read() is { Count: > 0 } rest)
        {
            read.AddRange(rest);
        }
        Assert.Equal(Enumerable.Range(0, added).Select(slot => $"+{slot}").Append("-0"), read);
        FileCalls.Close(file);
    }

    [Fact]
    public void WithoutAKeeperSlotsAreGivenAndANewKeeperGetsThemAll()
    {
        int[] files = [.. Enumerable.Range(0, 600).Select(_files.Open)];
        for (int i = 0; i < 300; i++)
        {
            _link.Add(files[i]);
        }
        _link.Flush();
        _link.Add(files[300]);
        CloseFar();
        Assert.True(_link.Flush());
        Assert.False(_link.IsCovered);
        Assert.True(_link.AllKept);
        for (int i = 301; i < 600; i++)
        {
            Assert.Equal(i, _link.Add(files[i]));
        }
        _link.Drop(10);
        Assert.True(_link.Flush());

        (int near, int far) = Pair();
        _link.Adopt(near);
        Assert.True(_link.IsCovered);
        Assert.True(_link.AllKept);
        Assert.Equal(10, _link.Add(files[10]));
        _link.Drop(11);
        _link.Flush();
        Dictionary<int, int> kept = [];
        bool ready = false;
        while (_message.Receive(far) > 0)
        {
            ready |= _message.Kind == KeeperMessageKind.Ready;
            for (int i = 0; i < _message.Count; i++)
            {
                int slot = _message[i].Slot;
                int descriptor = _message[i].IsDrop ? -1 : _message.TakeDescriptor();
                kept[slot] = descriptor < 0 ? -1 : NumberedFiles.NumberOf(descriptor);
                FileCalls.Close(descriptor);
            }
        }
        Assert.True(ready);
        Assert.Equal(Enumerable.Range(0, 600), kept.Keys.Order());
        Assert.All(kept, pair => Assert.Equal(pair.Key == 11 ? -1 : pair.Key, pair.Value));
        FileCalls.Close(far);
        Array.ForEach(files, file => FileCalls.Close(file));
    }

    [Fact]
    public void ANewKeeperThatReadsSlowlyGetsEachSlotOnceAndInOrder()
    {
        int file = _files.Open(1);
        CloseFar();
        _link.Add(file);
        _link.Flush();
        Assert.False(_link.IsCovered);
        for (int i = 1; i < 3000; i++)
        {
            _link.Add(file);
        }
        (int near, int far) = Pair();
        SocketCalls.SetOption(near, SocketConstants.LevelSocket, SocketConstants.SendBuffer, 4608);
        _link.Adopt(near);
        Assert.False(_link.AllKept);
        // Meanwhile the lane lives on: one slot that was told, and one that was not, change hands.
        _link.Drop(0);
        _link.Drop(2999);
        Assert.Equal(3000, _link.Add(file));
        HashSet<int> kept = [];
        while (!_link.AllKept || Readable(far))
        {
            _link.Flush();
            foreach (string operation in Read(far))
            {
                int slot = int.Parse(operation[1..], System.Globalization.CultureInfo.InvariantCulture);
                Assert.True(operation[0] == '+' ? kept.Add(slot) : kept.Remove(slot) || slot == 2999, operation);
            }
        }
        Assert.Equal(Enumerable.Range(1, 2998).Append(3000), kept.Order());
        FileCalls.Close(file);
        FileCalls.Close(far);
    }

    public void Dispose()
    {
        _link.Dispose();
        _message.Dispose();
        FileCalls.Close(_far);
        _files.Dispose();
    }

    private void CloseFar()
    {
        FileCalls.Close(_far);
        _far = -1;
    }

    private List<string> Read() => Read(_far);

    private List<string> Read(int socket)
    {
        List<string> operations = [];
        if (_message.Receive(socket) > 0)
        {
            for (int i = 0; i < _message.Count; i++)
            {
                operations.Add($"{(_message[i].IsDrop ? '-' : '+')}{_message[i].Slot}");
            }
        }
        return operations;
    }

    private static bool Readable(int socket)
    {
        PollEntry entry = new() { Descriptor = socket, Wanted = PollEntry.In };
        return FileCalls.Poll(new Span<PollEntry>(ref entry), 0) == 1;
    }

    private static (int Near, int Far) Pair()
    {
        LinuxException.Check(SocketCalls.Pair(SocketConstants.TypeSeqpacket, out int near, out int far), "socketpair");
        return (near, far);
    }
}
