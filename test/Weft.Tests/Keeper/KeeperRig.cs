using Weft.Keeper;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Tests.Keeper;

/// <summary>A keeper whose turns the test takes, and workers that are links in the same thread: nothing runs by itself.</summary>
internal sealed class KeeperRig : IDisposable
{
    private readonly List<SharedMemory> _memories = [];

    public KeeperRig(int rest = 0)
    {
        Directory.CreateDirectory(KeeperPaths.Run(Home));
        int slots = SlotLimit.Raise();
        int listener = LinuxException.Check(UnixSockets.Listen(KeeperPaths.KeeperSocket(Home), SocketConstants.TypeSeqpacket), "listen");
        Loop = new KeeperLoop(listener, SharedMemory.Create("weft-test"), slots, Starter) { Rest = rest };
    }

    public string Home { get; } = Directory.CreateTempSubdirectory("weft-keeper").FullName;

    public FakeStarter Starter { get; } = new();

    public KeeperLoop Loop { get; }

    public NumberedFiles Files { get; } = new();

    /// <summary>Turns until nothing is left to do.</summary>
    public void Settle()
    {
        for (int i = 0; i < 20; i++)
        {
            Loop.Turn(0);
        }
    }

    /// <summary>The process that was started last says hello and has the shared memory.</summary>
    public KeeperLink Connect()
    {
        KeeperLink link = KeeperLink.Connect(Home);
        Settle();
        _memories.Add(link.ReceiveMemory());
        return link;
    }

    /// <summary>The first worker, serving.</summary>
    public KeeperLink ConnectFirst()
    {
        Settle();
        KeeperLink link = Connect();
        Assert.Equal(0, link.WaitForGo());
        link.SendReady();
        Settle();
        Assert.True(Loop.IsServing);
        return link;
    }

    /// <summary>The standby, which comes a second after the worker was told to go.</summary>
    public KeeperLink ConnectStandby()
    {
        int before = Starter.Started;
        Linux.Eventually.True(() => Loop.Turn(20) && Starter.Started > before, "a standby");
        return Connect();
    }

    /// <summary>The link's process ends, as by SIGKILL: all its descriptors close and its end is seen.</summary>
    public void Kill(KeeperLink link, int worker)
    {
        link.Dispose();
        Starter.End(worker);
        Settle();
    }

    /// <summary>Opens file <paramref name="number"/>, adds it, and closes our own descriptor after the flush.</summary>
    public int Keep(KeeperLink link, int number)
    {
        int descriptor = Files.Open(number);
        int slot = link.Add(descriptor);
        Assert.True(slot >= 0);
        Assert.True(link.Flush());
        FileCalls.Close(descriptor);
        return slot;
    }

    public void Dispose()
    {
        Loop.Dispose();
        Starter.Dispose();
        _memories.ForEach(memory => memory.Dispose());
        Files.Dispose();
        Directory.Delete(Home, recursive: true);
    }
}
