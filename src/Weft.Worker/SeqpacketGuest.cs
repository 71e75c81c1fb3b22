using Weft.Endpoints.Seqpacket;
using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Worker;

/// <summary>A guest on a SOCK_SEQPACKET socket: listener and connection are kept, and named in the record.</summary>
internal sealed unsafe class SeqpacketGuest : IGuestPlug, IConnectionOwner
{
    private readonly AttachmentOpener _opener;
    private readonly PortRecord* _record;
    private readonly SeqpacketEndpoint _endpoint;
    private readonly int _listener;

    public SeqpacketGuest(AttachmentOpener opener, PortRecord* record, Port port, ReceiveArena arena, (int Listener, int Connection) descriptors)
    {
        _opener = opener;
        _record = record;
        _listener = descriptors.Listener;
        _endpoint = new SeqpacketEndpoint(port, arena, new SeqpacketPlug(descriptors.Listener, descriptors.Connection), this);
        port.Attach(_endpoint);
    }

    public (int Listener, int Connection) Descriptors => (_listener, _endpoint.Connection);

    public void Start() => _endpoint.Start();

    /// <summary>A stream of frames has no carrier; the guest sees silence.</summary>
    public void ShowCarrier(bool on)
    {
    }

    public void Connected(int descriptor) => _record->DescriptorSlot = _opener.Keeper.Add(descriptor);

    public void Disconnected(int descriptor)
    {
        int slot = _record->DescriptorSlot;
        _record->DescriptorSlot = -1;
        _opener.Kept.End(descriptor, slot, abort: false);
    }

    /// <summary>The endpoint has left the lane by now.</summary>
    public void Dispose()
    {
        if (_endpoint.Connection >= 0)
        {
            Disconnected(_endpoint.Connection);
        }
        _opener.Kept.End(_listener, _record->ListenerSlot, abort: false);
        File.Delete(_record->Path.ToString());
    }
}
