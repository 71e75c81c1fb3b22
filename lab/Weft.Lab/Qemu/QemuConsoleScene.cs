using Weft.Cli.Demo;

namespace Weft.Lab.Qemu;

/// <summary>The lab's own instrument: the serial line of an emulated PC is slow, and a command arrives in pieces while others end.</summary>
public sealed class QemuConsoleScene : IDisposable
{
    private const int Commands = 100;
    private const int SideBySide = 8;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Scene(Needs.Qemu), Trait("Tier", "long")]
    public async Task Every_command_is_answered()
    {
        QemuGuestSettings settings = new("solo", _folder.File("solo"), []) { Addressing = "none", Processors = 2 };
        await using QemuGuest guest = await QemuGuest.BootAsync(settings);
        string padding = new('.', 60);
        await Parallel.ForEachAsync(Enumerable.Range(0, Commands), new ParallelOptions { MaxDegreeOfParallelism = SideBySide }, async (i, cancel) =>
            Assert.Equal(new GuestResult(0, $"{i} {padding}\n"), await guest.RunAsync($"echo {i} {padding}", TimeSpan.FromSeconds(60), cancel)));
    }
}
