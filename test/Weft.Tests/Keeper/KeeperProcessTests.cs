using System.Diagnostics;
using Weft.Engine.State;
using Weft.Keeper;
using Weft.Linux;
using Weft.Linux.Files;
using Weft.Linux.Keeping;
using Weft.Linux.Memory;
using Weft.Linux.Processes;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Tests.Linux;
using Xunit.Abstractions;

namespace Weft.Tests.Keeper;

/// <summary>The keeper with processes that really die, and the worker that outlives it.</summary>
public sealed class KeeperProcessTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>A worker in 30 lines: the first one keeps a file in slot 5 and kills itself in the same breath, the next one
    /// says what it was given, keeps nothing, and stops all.</summary>
    private const string Worker = """
        import array, os, signal, socket, struct, sys, time
        home = sys.argv[sys.argv.index('--home') + 1]
        s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        s.connect(home + '/run/keeper.sock')
        say = lambda kind, count=0, rest=b'', fds=[]: s.sendmsg([struct.pack('<IIq', kind, count, 0) + rest],
            [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', fds))] if fds else [])
        say(1)
        got = []
        while True:
            data, fds, _, _ = socket.recv_fds(s, 2048, 253)
            kind, count, value = struct.unpack('<IIq', data[:16])
            if kind == 3: got += zip(struct.unpack('<%dI' % count, data[16:]), [os.readlink('/proc/self/fd/%d' % f) for f in fds])
            if kind == 4: break
        say(5)
        if not os.path.exists(home + '/first'):
            f = os.open(home + '/first', os.O_CREAT | os.O_RDWR)
            say(3, 1, struct.pack('<I', 5), [f])
            open(home + '/killed', 'w').write(str(time.monotonic()))
            os.kill(os.getpid(), signal.SIGKILL)
        open(home + '/given', 'w').write('%r %r' % (time.monotonic() - float(open(home + '/killed').read()), got))
        say(6)
        """;

    private readonly string _home = Directory.CreateTempSubdirectory("weft-home").FullName;

    [Requires("python3")]
    public void AFileSurvivesAWorkerThatKillsItselfRightAfterSendingIt()
    {
        string script = Path.Combine(_home, "worker.py");
        File.WriteAllText(script, Worker);
        OwnProgram program = new("/usr/bin/env", ["env", "python3", script]);
        Assert.Equal(0, KeeperProcess.Run(_home, adopt: false, new WorkerStarter(_home, program)));
        string given = File.ReadAllText(Path.Combine(_home, "given"));
        output.WriteLine($"seconds from kill to service, and slots: {given}");
        Assert.EndsWith($"[(5, '{_home}/first')]", given);
        Assert.False(File.Exists(KeeperPaths.KeeperSocket(_home)));
        Assert.Equal("", File.ReadAllText(KeeperPaths.WorkerLog(_home)));
    }

    [Fact]
    public void ADeadProcessIsReapedAndReplacedAtOnce()
    {
        OwnProgram program = new("/bin/sh", ["sh", "-c", "exec sleep 100"]);
        PidNotingStarter starter = new(new WorkerStarter(_home, program));
        Directory.CreateDirectory(KeeperPaths.Run(_home));
        int listener = UnixSockets.Listen(KeeperPaths.KeeperSocket(_home), SocketConstants.TypeSeqpacket);
        using KeeperLoop loop = new(listener, SharedMemory.Create("weft-test"), SlotLimit.Raise(), starter);
        const string Pidfd = "anon_inode:[pidfd]";
        int descriptors = 0;
        for (int i = 0; i < 20; i++)
        {
            Eventually.True(() => loop.Turn(20) && starter.Pids.Count > i, "a worker");
            descriptors = i == 1 ? OpenDescriptors.To(Pidfd) : descriptors;
            Process.GetProcessById(starter.Pids[i]).Kill();
        }
        Eventually.True(() => loop.Turn(20) && starter.Pids.Count > 20);
        // Other tests of this process start a few meanwhile; one lost per life would be twenty.
        Assert.InRange(OpenDescriptors.To(Pidfd), 0, descriptors + 10);
        starter.Pids[^1..].ForEach(pid => Process.GetProcessById(pid).Kill());
    }

    [Fact]
    public void OneKeeperLivesInAHome()
    {
        Directory.CreateDirectory(KeeperPaths.Run(_home));
        Assert.Equal(0, LockFile.TryTake(KeeperPaths.KeeperLock(_home), out LockFile? other));
        Assert.Equal(KeeperProcess.AlreadyRunning, KeeperProcess.Run(["keeper", "--home", _home]));
        other!.Dispose();
        Assert.Equal(2, KeeperProcess.Run(["keeper", "--hom", _home]));
        Assert.Equal(1, KeeperProcess.Run(["keeper", "--home", _home + new string('x', 100)]));
    }

    [Fact]
    public void AWorkerThatOutlivedItsKeeperIsAdopted()
    {
        using NumberedFiles files = new();
        using FakeStarter starter = new();
        Directory.CreateDirectory(KeeperPaths.Run(_home));
        Assert.Null(Adoption.TryFind(_home));
        SocketCalls.Pair(SocketConstants.TypeSeqpacket, out int near, out int far);
        using KeeperLink link = new(near, SlotLimit.Raise());
        using SharedMemory memory = GiveMemory(link, far);
        FileCalls.Close(far);
        link.Flush();
        int[] kept = [.. Enumerable.Range(0, 1000).Select(files.Open)];
        Array.ForEach(kept, descriptor => link.Add(descriptor));
        int commands = UnixSockets.Listen(KeeperPaths.WorkerSocket(_home), SocketConstants.TypeSeqpacket);
        Thread server = new(() => ServeAdoption(commands, link));
        server.Start();

        Adoption adoption = Adoption.TryFind(_home)!;
        server.Join();
        Assert.Equal(Environment.ProcessId, adoption.Pid);
        Assert.Equal(4096ul, adoption.Memory.Size);
        int listener = UnixSockets.Listen(KeeperPaths.KeeperSocket(_home), SocketConstants.TypeSeqpacket);
        using KeeperLoop loop = new(listener, adoption.Memory, SlotLimit.Raise(), starter) { Rest = 0 };
        loop.Adopt(adoption.Pid, adoption.Pidfd, adoption.Socket);
        Eventually.True(() => loop.Turn(20) && loop.IsServing, "ready");
        Assert.Equal(1000, loop.Held);
        Assert.True(link.IsCovered && link.AllKept);
        link.Drop(999);
        Assert.True(link.Flush());
        loop.Turn(100);
        Assert.Equal(999, loop.Held);
        Array.ForEach(kept, descriptor => FileCalls.Close(descriptor));
        FileCalls.Close(commands);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static SharedMemory GiveMemory(KeeperLink link, int far)
    {
        using SharedMemory made = SharedMemory.Create("weft-test", 4096);
        using KeeperMessage message = new();
        message.Begin(KeeperMessageKind.Memory);
        message.Attach(made.Descriptor);
        Assert.True(message.Send(far) > 0);
        return link.ReceiveMemory();
    }

    private static void ServeAdoption(int commands, KeeperLink link)
    {
        int socket = -1;
        Eventually.True(() => (socket = SocketCalls.Accept(commands)) >= 0);
        CommandHeader header = default;
        Span<byte> bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<CommandHeader>(ref header));
        Eventually.True(() => Readable(socket));
        Assert.Equal(bytes.Length, DescriptorMessages.Receive(socket, bytes, [], out _));
        Assert.Equal(CommandKind.AdoptKeeper, header.Kind);
        CommandReply reply = new() { Tag = header.Tag };
        DescriptorMessages.Send(socket, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<CommandReply>(ref reply)), []);
        link.Adopt(socket);
    }

    private static bool Readable(int socket)
    {
        PollEntry entry = new() { Descriptor = socket, Wanted = PollEntry.In };
        return FileCalls.Poll(new Span<PollEntry>(ref entry), 10) == 1;
    }

    private sealed class PidNotingStarter(IWorkerStarter inner) : IWorkerStarter
    {
        public List<int> Pids { get; } = [];

        public int Start(bool inHurry, out int pid, out int pidfd)
        {
            int result = inner.Start(inHurry, out pid, out pidfd);
            Pids.Add(pid);
            return result;
        }
    }
}
