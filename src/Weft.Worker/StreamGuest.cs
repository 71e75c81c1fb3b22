using Weft.Endpoints.Stream;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux.Sockets;

namespace Weft.Worker;

/// <summary>A guest on a stream: listener and connection are kept, and named in the record. Several may share the listener.</summary>
internal sealed unsafe class StreamGuest : IGuestPlug, IStreamOwner
{
    private readonly AttachmentOpener _opener;
    private readonly PortRecord* _record;
    private readonly StreamEndpoint _endpoint;
    private readonly SocketPlace _place;
    private readonly int _listener;

    /// <param name="descriptors">Those of an earlier life among them; −1 for none.</param>
    public StreamGuest(AttachmentOpener opener, PortRecord* record, Port port, ReceiveRegion* region, (int Listener, int Connection) descriptors)
    {
        _opener = opener;
        _record = record;
        _listener = descriptors.Listener;
        SocketPlace.TryParse(record->Path.ToString(), out _place);
        StreamListener? listener = _listener < 0 ? null : opener.Streams.Join(record, _listener, in _place, port.Lane, opener);
        _endpoint = new StreamEndpoint(port, new StreamPlug
        {
            Region = region,
            Sockets = opener.Sockets,
            Keeper = opener,
            Place = _place,
            Listener = listener,
            Mac = record->Mac,
            Connection = descriptors.Connection,
            ConnectionSlot = record->DescriptorSlot,
        }, this);
        port.Attach(_endpoint);
    }

    public (int Listener, int Connection) Descriptors => (_listener, _endpoint.Connection);

    public void Start()
    {
        _endpoint.Start();
        _opener.CountReplayed(_endpoint.Replayed);
    }

    /// <summary>A stream of frames has no carrier; the guest sees silence.</summary>
    public void ShowCarrier(bool on)
    {
    }

    public void ShowMtu(ushort mtu) => _endpoint.ShowMtu(mtu);

    public void Connected(int slot) => _record->DescriptorSlot = slot;

    /// <summary>The endpoint has left the lane by now.</summary>
    public void Dispose()
    {
        if (_endpoint.Connection >= 0)
        {
            _opener.End(_endpoint.Connection, _endpoint.ConnectionSlot);
        }
        if (_listener < 0 || !_opener.Streams.Leave(_record))
        {
            return;
        }
        _opener.Kept.End(_listener, _record->ListenerSlot, abort: _place.Path is null);
        if (_place.Path is { } path)
        {
            File.Delete(path);
        }
    }
}
