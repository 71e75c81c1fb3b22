using Weft.Bench.Vhost;

namespace Weft.Bench.Guests;

/// <summary>A vhost-user core between two guests, which it owns; with a shim for each guest if it was made for QEMU.</summary>
internal sealed class VhostSwitch : IGuestSwitch
{
    private readonly ISwitchCore _core;
    private readonly List<VhostShim> _shims = [];

    public VhostSwitch(ISwitchCore core, bool forQemu)
    {
        _core = core;
        try
        {
            NicOne = Nic(forQemu ? Shim(core.One) : core.One);
            NicTwo = Nic(forQemu ? Shim(core.Two) : core.Two);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public string NicOne { get; }

    public string NicTwo { get; }

    /// <summary>The kernel argument for a NIC on a vhost-user socket; 1 is the kind of device, a NIC.</summary>
    public static string Nic(string socket) => $"virtio_uml.device={socket}:1";

    public void Dispose()
    {
        _shims.ForEach(shim => shim.Dispose());
        _core.Dispose();
    }

    private string Shim(string backend)
    {
        VhostShim shim = new(backend);
        _shims.Add(shim);
        return shim.Socket;
    }
}
