using Weft.Endpoints.VhostUser;
using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Worker;

/// <summary>A guest by vhost-user: listener, connection and all that the front end sent along are kept, named in its records.</summary>
internal sealed unsafe class VhostGuest : IGuestPlug, IVhostOwner
{
    private readonly AttachmentOpener _opener;
    private readonly PortRecord* _record;
    private readonly VhostUserEndpoint _endpoint;
    private readonly int _listener;

    /// <param name="descriptors">Those of an earlier life among them; −1 for none.</param>
    public VhostGuest(AttachmentOpener opener, PortRecord* record, Port port, VhostRecord* device, (int Listener, int Connection) descriptors)
    {
        _opener = opener;
        _record = record;
        _listener = descriptors.Listener;
        VhostPlug plug = new()
        {
            Record = device,
            Mac = record->Mac,
            Pairs = record->Pairs,
            Listener = descriptors.Listener,
            ListenerSlot = record->ListenerSlot,
            Path = record->Path.ToString(),
            Dials = record->Kind == AttachmentKind.VhostUserClient,
            Connection = descriptors.Connection,
            ConnectionSlot = record->DescriptorSlot,
        };
        _endpoint = new VhostUserEndpoint(port, in plug, this);
        port.Attach(_endpoint);
    }

    public (int Listener, int Connection) Descriptors => (_listener, _endpoint.Connection);

    public void Start() => _endpoint.Start();

    public void ShowCarrier(bool on) => _endpoint.ShowLink(on);

    public void ShowMtu(ushort mtu) => _endpoint.ShowMtu(mtu);

    public int Keep(int descriptor) => _opener.Keep(descriptor);

    public void End(int descriptor, int slot) => _opener.End(descriptor, slot);

    public int DescriptorOf(int slot) => _opener.DescriptorOfSlot(slot);

    public bool AskAccept(IAcceptTarget target) => _opener.AskAccept(target);

    public void Connected(int connection, int slot) => _record->DescriptorSlot = slot;

    /// <summary>The endpoint has left the lane by now; what the front end sent along ends here.</summary>
    public void Dispose()
    {
        _endpoint.EndAll();
        if (_listener >= 0)
        {
            _opener.Kept.End(_listener, _record->ListenerSlot, abort: false);
            _endpoint.RemoveSocket();
        }
    }
}
