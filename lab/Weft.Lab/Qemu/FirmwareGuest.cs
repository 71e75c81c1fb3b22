using System.Diagnostics;

namespace Weft.Lab.Qemu;

/// <summary>A PC with nothing but a card: its firmware (iPXE) asks DHCP for an address to boot from, again and again. No image is needed.</summary>
internal sealed class FirmwareGuest : IAsyncDisposable
{
    private readonly Process _process;

    /// <param name="netdev">Of -netdev, with <c>id=n0</c>.</param>
    public FirmwareGuest(string netdev, string mac, string card = "e1000") => _process = Process.Start(new ProcessStartInfo("qemu-system-x86_64",
        ["-accel", "tcg", "-nodefaults", "-display", "none", "-m", "64", "-boot", "n", "-netdev", netdev, "-device", $"{card},netdev=n0,mac={mac}"])
        {
            RedirectStandardError = true,
        })!;

    public bool Runs => !_process.HasExited;

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
