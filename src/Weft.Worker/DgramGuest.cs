using Weft.Endpoints.Dgram;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux.Sockets;

namespace Weft.Worker;

/// <summary>A guest at the other end of datagrams: our bound socket is kept, and named in the record.</summary>
internal sealed unsafe class DgramGuest : IGuestPlug
{
    private readonly AttachmentOpener _opener;
    private readonly PortRecord* _record;
    private readonly DgramEndpoint _endpoint;
    private readonly int _socket;

    public DgramGuest(AttachmentOpener opener, PortRecord* record, Port port, ReceiveArena arena, DgramPlug plug)
    {
        _opener = opener;
        _record = record;
        _socket = plug.Socket;
        _endpoint = new DgramEndpoint(port, arena, plug);
        port.Attach(_endpoint);
    }

    public (int Listener, int Connection) Descriptors => (-1, _socket);

    public void Start() => _endpoint.Start();

    /// <summary>Datagrams have no carrier; the guest sees silence.</summary>
    public void ShowCarrier(bool on)
    {
    }

    public void ShowMtu(ushort mtu) => _endpoint.ShowMtu(mtu);

    /// <summary>The endpoint has left the lane by now.</summary>
    public void Dispose()
    {
        _opener.Kept.End(_socket, _record->DescriptorSlot, abort: false);
        if (SocketPlace.TryParse(_record->Path.ToString(), out SocketPlace place) && place.Path is { } path)
        {
            File.Delete(path);
        }
    }
}
