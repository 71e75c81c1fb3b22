using Weft.Endpoints.Tap;
using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Worker;

/// <summary>A guest behind a TAP interface: the descriptor is kept, and an unplugged cable takes its carrier.</summary>
internal sealed unsafe class TapGuest : IGuestPlug
{
    private readonly AttachmentOpener _opener;
    private readonly PortRecord* _record;
    private readonly TapEndpoint _endpoint;
    private readonly int _tap;

    public TapGuest(AttachmentOpener opener, PortRecord* record, Port port, ReceiveArena arena, int tap)
    {
        _opener = opener;
        _record = record;
        _tap = tap;
        _endpoint = new TapEndpoint(port, tap, arena);
        port.Attach(_endpoint);
    }

    public (int Listener, int Connection) Descriptors => (-1, _tap);

    public void Start() => _endpoint.Start();

    public void ShowCarrier(bool on) => _endpoint.SetCarrier(on);

    public void Dispose() => _opener.Kept.End(_tap, _record->DescriptorSlot, abort: false);
}
