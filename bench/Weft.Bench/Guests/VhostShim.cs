using System.Diagnostics;

namespace Weft.Bench.Guests;

/// <summary>vhost-shim.py in front of a back end that was made for QEMU; the script says why. Frames never pass it.</summary>
internal sealed class VhostShim : IDisposable
{
    private readonly Process _process;

    public VhostShim(string backend)
    {
        Socket = $"{backend}-shim";
        _process = Shell.Start($"exec python3 {Path.Combine(AppContext.BaseDirectory, "Guests", "vhost-shim.py")} {Socket} {backend}");
        try
        {
            Shell.WaitFor(() => File.Exists(Socket), "vhost-shim.py");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string Socket { get; }

    public void Dispose() => Shell.Stop(_process);
}
