using System.Diagnostics;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Xunit.Abstractions;

namespace Weft.Tests.Keeper;

/// <summary>From one worker to the next.</summary>
public sealed class HandOverTests(ITestOutputHelper output) : IDisposable
{
    private readonly KeeperRig _rig = new();

    [Fact]
    public void TheStandbyGetsWhatTheDeadWorkerHeld()
    {
        KeeperLink first = _rig.ConnectFirst();
        int a = _rig.Keep(first, 1);
        int b = _rig.Keep(first, 2);
        int c = _rig.Keep(first, 3);
        first.Drop(b);
        Assert.True(first.Flush());
        using KeeperLink standby = _rig.ConnectStandby();
        Assert.True(_rig.Loop.HasStandby);
        _rig.Kill(first, 0);

        Assert.Equal(2, standby.WaitForGo());
        Assert.Equal(1, NumberedFiles.NumberOf(standby.DescriptorOf(a)));
        Assert.Equal(-1, standby.DescriptorOf(b));
        // What no record claims is named, to be ended.
        Assert.Equal(c, standby.NextUnclaimed(0));
        int orphan = standby.DescriptorOf(c);
        Assert.Equal(3, NumberedFiles.NumberOf(orphan));
        standby.Drop(c);
        Assert.Equal(-1, standby.NextUnclaimed(0));
        Assert.True(standby.Flush());
        _rig.Settle();
        Assert.Equal(1, _rig.Loop.Held);
        // Slots of the predecessor are taken; free ones are used again.
        Assert.Equal(b, standby.Add(0));
        FileCalls.Close(orphan);
        FileCalls.Close(standby.DescriptorOf(a));
    }

    [Fact]
    public void WithoutAStandbyANewOneIsStartedAtOnce()
    {
        KeeperLink link = _rig.ConnectFirst();
        int slot = _rig.Keep(link, 7);
        for (int life = 0; life < 2; life++)
        {
            _rig.Kill(link, life);
            Assert.Equal(life + 2, _rig.Starter.Started);
            link = _rig.Connect();
            Assert.Equal(1, link.WaitForGo());
            int descriptor = link.DescriptorOf(slot);
            Assert.Equal(7, NumberedFiles.NumberOf(descriptor));
            FileCalls.Close(descriptor);
        }
        link.Dispose();
    }

    [Fact]
    public void AStandbyThatIsStillStartingTakesOverAtItsHello()
    {
        KeeperLink first = _rig.ConnectFirst();
        int slot = _rig.Keep(first, 4);
        Linux.Eventually.True(() => _rig.Loop.Turn(20) && _rig.Starter.Started == 2);
        _rig.Kill(first, 0);
        Assert.Equal(2, _rig.Starter.Started);
        using KeeperLink second = _rig.Connect();
        Assert.Equal(1, second.WaitForGo());
        Assert.Equal(4, NumberedFiles.NumberOf(second.DescriptorOf(slot)));
        FileCalls.Close(second.DescriptorOf(slot));
    }

    [Fact]
    public void WhatADeadWorkerHadStillSentIsReadFirst()
    {
        _rig.Settle();
        // A worker that reads nothing: its end answers our writes with a reset, which comes before what it had sent.
        int socket = UnixSockets.Connect(KeeperPaths.KeeperSocket(_rig.Home), SocketConstants.TypeSeqpacket);
        using KeeperMessage message = new();
        message.Begin(KeeperMessageKind.Hello);
        Assert.True(message.Send(socket) > 0);
        _rig.Settle();
        int descriptor = _rig.Files.Open(9);
        for (int slot = 0; slot < 3; slot++)
        {
            message.Begin(KeeperMessageKind.Batch);
            message.Add(slot, descriptor);
            Assert.True(message.Send(socket) > 0);
        }
        FileCalls.Close(descriptor);
        FileCalls.Close(socket);
        _rig.Starter.End(0);
        Assert.Equal(0, _rig.Loop.Held);
        _rig.Settle();
        Assert.Equal(3, _rig.Loop.Held);
        using KeeperLink next = _rig.Connect();
        Assert.Equal(3, next.WaitForGo());
        for (int slot = 0; slot < 3; slot++)
        {
            Assert.Equal(9, NumberedFiles.NumberOf(next.DescriptorOf(slot)));
            FileCalls.Close(next.DescriptorOf(slot));
        }
    }

    [Fact]
    public void FiveThousandDescriptorsAreHandedOver()
    {
        const int count = 5000;
        KeeperLink first = _rig.ConnectFirst();
        int file = _rig.Files.Open(1);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(i, first.Add(file));
            if (i % 1000 == 999)
            {
                Assert.True(first.Flush());
                _rig.Settle();
            }
        }
        FileCalls.Close(file);
        Assert.Equal(count, _rig.Loop.Held);
        using KeeperLink standby = _rig.ConnectStandby();
        first.Dispose();
        long start = Stopwatch.GetTimestamp();
        _rig.Starter.End(0);
        _rig.Loop.Turn(100);
        Assert.Equal(count, standby.WaitForGo());
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        output.WriteLine($"{count} descriptors handed over in {took.TotalMilliseconds:F2} ms");
        Assert.InRange(took.TotalSeconds, 0, 5);
        for (int i = 0; i < count; i++)
        {
            FileCalls.Close(standby.DescriptorOf(i));
        }
    }

    [Fact]
    public async Task AHandOverThatDoesNotFitWaitsForItsReader()
    {
        int count = Math.Min(SlotLimit.Raise() / 2, 8000);
        KeeperLink first = _rig.ConnectFirst();
        int file = _rig.Files.Open(1);
        for (int i = 0; i < count; i++)
        {
            Assert.True(first.Add(file) >= 0);
            first.Flush();
            if (i % 50 == 0)
            {
                _rig.Settle();
            }
        }
        FileCalls.Close(file);
        _rig.Settle();
        Assert.Equal(count, _rig.Loop.Held);
        using KeeperLink standby = _rig.ConnectStandby();
        SocketCalls.SetOption(_rig.Loop.Standby.Socket, SocketConstants.LevelSocket, SocketConstants.SendBuffer, 4608);
        _rig.Kill(first, 0);
        Assert.Equal(1u, _rig.Loop.Takeovers);
        Task<int> reading = Task.Run(standby.WaitForGo);
        Linux.Eventually.True(() => _rig.Loop.Turn(20) && reading.IsCompleted, "the hand-over");
        Assert.Equal(count, await reading);
        Assert.Equal(2u, _rig.Loop.Takeovers);
        for (int i = 0; i < count; i++)
        {
            FileCalls.Close(standby.DescriptorOf(i));
        }
    }

    [Fact]
    public void StopDropsEverythingAndEndsTheKeeper()
    {
        KeeperLink first = _rig.ConnectFirst();
        _rig.Keep(first, 1);
        using KeeperLink standby = _rig.ConnectStandby();
        Assert.True(first.SendStop());
        _rig.Settle();
        Assert.Equal(0, _rig.Loop.Held);
        first.Dispose();
        _rig.Starter.End(0);
        Assert.True(_rig.Loop.Turn(0));
        _rig.Starter.End(1);
        Assert.False(_rig.Loop.Turn(100));
        Assert.True(standby.WaitForGo() < 0);
    }

    [Fact]
    public void AConnectionThatNobodyWasStartedForIsClosed()
    {
        using KeeperLink first = _rig.ConnectFirst();
        using KeeperLink stranger = KeeperLink.Connect(_rig.Home);
        _rig.Settle();
        Assert.ThrowsAny<IOException>(stranger.ReceiveMemory);
        Assert.True(_rig.Loop.IsServing);
    }

    [Fact]
    public void TenThousandAddsAndDropsLeaveNothingBehind()
    {
        using KeeperLink first = _rig.ConnectFirst();
        int file = _rig.Files.Open(1);
        AddAndDrop(first, file, 500);
        string target = OpenDescriptors.TargetOf(file)!;
        Assert.Equal(0, Allocated.By(() => AddAndDrop(first, file, 10_000)));
        Assert.Equal(0, _rig.Loop.Held);
        Assert.Equal(0, first.Used);
        Assert.Equal(1, OpenDescriptors.To(target));
        FileCalls.Close(file);
    }

    public void Dispose() => _rig.Dispose();

    private unsafe void AddAndDrop(KeeperLink link, int file, int count)
    {
        const int burst = 100;
        int* slots = stackalloc int[burst];
        for (int done = 0; done < count; done += burst)
        {
            for (int i = 0; i < burst; i++)
            {
                slots[i] = link.Add(file);
            }
            link.Flush();
            _rig.Loop.Turn(0);
            for (int i = 0; i < burst; i++)
            {
                link.Drop(slots[i]);
            }
            link.Flush();
            _rig.Loop.Turn(0);
        }
    }
}
