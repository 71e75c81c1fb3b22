using Weft.Linux;
using Weft.Linux.Files;
using Weft.Linux.Processes;

namespace Weft.Tests.Linux;

public sealed class ProcessSpawnTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-spawn").FullName;

    [Fact]
    public void TheChildGetsExactlyWhatIsNamed()
    {
        string log = Path.Combine(_folder, "log");
        FileCalls.Pipe(out int reader, out int writer);
        SpawnRequest request = new(
            "/bin/sh",
            ["sh", "-c", "echo $A:$HOME; ls /proc/self/fd | tr '\\n' ' '; ps -o sid= -p $$ >&2; echo given >&3; kill -9 $$"],
            ["A=b", "PATH=/usr/bin:/bin"])
        {
            NewSession = true,
            LogPath = log,
            Descriptors = [writer],
        };
        Assert.Equal(0, ProcessSpawn.Start(request, out int pid, out int pidfd));
        FileCalls.Close(writer);
        WaitFor(pidfd);
        Assert.Equal(0, ProcessCalls.Reap(pidfd, out ProcessEnd end));
        Assert.Equal(new ProcessEnd(true, 9), end);
        Assert.Equal(-Errno.ECHILD, ProcessCalls.Reap(pidfd, out _));
        string[] lines = File.ReadAllLines(log);
        Assert.Equal("b:", lines[0]);
        // 0, 1, 2, the given one, and the folder that ls itself reads.
        Assert.Equal($"0 1 2 3 4 {pid}", string.Join(' ', lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        FileCalls.SetNonBlocking(reader, true);
        Assert.Equal(6, ReadSome(reader));
        FileCalls.Close(reader);
        FileCalls.Close(pidfd);
    }

    [Fact]
    public void ExitCodesAndMissingProgramsAreToldApart()
    {
        Assert.Equal(-Errno.ENOENT, ProcessSpawn.Start(new SpawnRequest("/no/such", ["x"], []), out _, out _));
        Assert.Equal(0, ProcessSpawn.Start(new SpawnRequest("/bin/sh", ["sh", "-c", "exit 7"], []), out _, out int pidfd));
        WaitFor(pidfd);
        Assert.Equal(0, ProcessCalls.Reap(pidfd, out ProcessEnd end));
        Assert.Equal(new ProcessEnd(false, 7), end);
        FileCalls.Close(pidfd);
    }

    [Fact]
    public void LimitsRiseToTheHardOneAndALockIsTakenOnce()
    {
        Assert.True(ProcessCalls.RaiseDescriptorLimit() >= 1024);
        string path = Path.Combine(_folder, "lock");
        Assert.Equal(0, LockFile.TryTake(path, out LockFile? taken));
        Assert.Equal(-Errno.EAGAIN, LockFile.TryTake(path, out _));
        taken!.Dispose();
        Assert.Equal(0, LockFile.TryTake(path, out taken));
        taken!.Dispose();
    }

    [Fact]
    public void AFileIsSeenToChangeInPlaceByRenameAndByLink()
    {
        string real = Path.Combine(_folder, "real");
        string link = Path.Combine(_folder, "resolv.conf");
        Directory.CreateDirectory(real);
        File.WriteAllText(Path.Combine(real, "a"), "1");
        File.CreateSymbolicLink(link, Path.Combine(real, "a"));
        using FileWatch watch = new(link);
        Assert.False(watch.TakeChanges());
        File.WriteAllText(Path.Combine(real, "a"), "2");
        Assert.True(watch.TakeChanges());
        File.WriteAllText(Path.Combine(real, "new"), "3");
        Assert.False(watch.TakeChanges());
        File.Move(Path.Combine(real, "new"), Path.Combine(real, "a"), overwrite: true);
        Assert.True(watch.TakeChanges());
        File.Delete(link);
        File.WriteAllText(link, "4");
        Assert.True(watch.TakeChanges());
        File.WriteAllText(Path.Combine(real, "a"), "5");
        Assert.False(watch.TakeChanges());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static unsafe int ReadSome(int descriptor)
    {
        byte* buffer = stackalloc byte[64];
        return (int)FileCalls.Read(descriptor, buffer, 64);
    }

    private static void WaitFor(int pidfd)
    {
        PollEntry entry = new() { Descriptor = pidfd, Wanted = PollEntry.In };
        Eventually.True(() => FileCalls.Poll(new Span<PollEntry>(ref entry), 100) == 1);
    }
}
