using System.Diagnostics;

namespace Weft.Bench.Guests;

/// <summary>vde_switch, which the guests know how to reach by themselves.</summary>
internal sealed class VdeSwitch : IGuestSwitch
{
    public const string Name = "vde_switch";

    private readonly string _socket;
    private readonly Process _process;

    public VdeSwitch(string folder)
    {
        Directory.CreateDirectory(folder);
        _socket = Path.Combine(folder, "sw");
        // It ends with its input, so it gets one that does not end before it.
        _process = Shell.Start($"vde_switch -s {_socket} < <(sleep 1000)");
        try
        {
            Shell.WaitFor(() => File.Exists(Path.Combine(_socket, "ctl")), "vde_switch");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string NicOne => $"eth0=vde,{_socket}";

    public string NicTwo => NicOne;

    public void Dispose() => Shell.Stop(_process);
}
