using Weft.Endpoints.Dgram;
using Weft.Endpoints.Seqpacket;
using Weft.Endpoints.Stream;
using Weft.Endpoints.Tap;
using Weft.Endpoints.VhostUser;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Worker;

/// <summary>Opens attachments: the one place that knows which kind of record makes which endpoint. A new kind is a case more.</summary>
internal sealed unsafe class AttachmentOpener : IConnectionKeeper
{
    private readonly SharedState _state;
    private readonly RecordArray<ReceiveRegion> _receive;
    private readonly RecordArray<VhostRecord> _vhost;

    /// <param name="streams">Of all lanes.</param>
    public AttachmentOpener(SharedState state, IHostSockets sockets, IDescriptorKeeper keeper, IKeptDescriptors kept, SharedListeners streams)
    {
        _state = state;
        _receive = state.Array<ReceiveRegion>(SharedArray.Receive);
        _vhost = state.Array<VhostRecord>(SharedArray.Vhost);
        Sockets = sockets;
        Keeper = keeper;
        Kept = kept;
        Streams = streams;
    }

    public IHostSockets Sockets { get; }

    public IDescriptorKeeper Keeper { get; }

    public IKeptDescriptors Kept { get; }

    public SharedListeners Streams { get; }

    /// <summary>What a predecessor kept, by slot; set while its records are taken over.</summary>
    public Func<int, int> DescriptorOfSlot { get; set; } = _ => -1;

    public int Keep(int descriptor) => Keeper.Add(descriptor);

    public void End(int descriptor, int slot) => Kept.End(descriptor, slot, abort: false);

    public bool AskAccept(IAcceptTarget target) => Keeper.AskAccept(target);

    /// <summary>Opens what the record names and puts its endpoint into the port. A TAP's descriptor comes from the daemon.</summary>
    /// <returns>0 or a negative errno, with what failed.</returns>
    public int Open(PortRecord* record, int index, int descriptor, Port port, out IGuestPlug? plug, out string problem)
    {
        plug = null;
        problem = "";
        switch (record->Kind)
        {
            case AttachmentKind.Seqpacket:
                int listener = Listen(record, SocketConstants.TypeSeqpacket, out problem);
                if (listener < 0)
                {
                    return listener;
                }
                plug = new SeqpacketGuest(this, record, port, ArenaOf(index, ReceiveShape.Messages(SeqpacketPlug.DefaultMaxFrame), fresh: true), (listener, -1));
                return 0;
            case AttachmentKind.Tap when descriptor >= 0:
                record->DescriptorSlot = Keeper.Add(descriptor);
                plug = new TapGuest(this, record, port, ArenaOf(index, ReceiveShape.Tap, fresh: true), descriptor);
                return 0;
            case AttachmentKind.VhostUser:
                int frontDoor = Listen(record, SocketConstants.TypeStream, out problem);
                if (frontDoor < 0)
                {
                    return frontDoor;
                }
                VhostUserEndpoint.Clear(_vhost.At(index));
                plug = new VhostGuest(this, record, port, _vhost.At(index), (frontDoor, -1));
                return 0;
            case AttachmentKind.VhostUserClient:
                VhostUserEndpoint.Clear(_vhost.At(index));
                plug = new VhostGuest(this, record, port, _vhost.At(index), (-1, -1));
                return 0;
            case AttachmentKind.Stream:
                int door = ListenAtPlace(record, out problem);
                if (door < 0)
                {
                    return door;
                }
                StreamEndpoint.Clear(_receive.At(index));
                plug = new StreamGuest(this, record, port, _receive.At(index), (door, -1));
                return 0;
            case AttachmentKind.StreamClient:
                StreamEndpoint.Clear(_receive.At(index));
                plug = new StreamGuest(this, record, port, _receive.At(index), (-1, -1));
                return 0;
            case AttachmentKind.Dgram:
                return OpenDgram(record, index, port, out plug, out problem);
            default:
                problem = "attachment";
                return -Errno.EINVAL;
        }
    }

    /// <summary>The same with descriptors that the keeper handed on; null when what it needs was not kept.</summary>
    public IGuestPlug? Adopt(PortRecord* record, int index, (int Listener, int Descriptor) kept, Port port)
    {
        switch (record->Kind)
        {
            case AttachmentKind.Seqpacket when kept.Listener >= 0:
                record->DescriptorSlot = kept.Descriptor < 0 ? -1 : record->DescriptorSlot;
                return new SeqpacketGuest(this, record, port, ArenaOf(index, ReceiveShape.Messages(SeqpacketPlug.DefaultMaxFrame), fresh: false), kept);
            case AttachmentKind.VhostUser when kept.Listener >= 0:
            case AttachmentKind.VhostUserClient:
                if (kept.Descriptor < 0 && record->DescriptorSlot >= 0)
                {
                    // Its connection was never kept, and the slot may be another's by now.
                    record->DescriptorSlot = -1;
                    VhostUserEndpoint.Clear(_vhost.At(index));
                }
                return new VhostGuest(this, record, port, _vhost.At(index), kept);
            case AttachmentKind.Stream when kept.Listener >= 0:
            case AttachmentKind.StreamClient:
                record->DescriptorSlot = kept.Descriptor < 0 ? -1 : record->DescriptorSlot;
                return new StreamGuest(this, record, port, _receive.At(index), kept);
            case AttachmentKind.Dgram when kept.Descriptor >= 0 && SocketPlace.TryParse(record->Remote.ToString(), out SocketPlace remote):
                return new DgramGuest(this, record, port, ArenaOf(index, ReceiveShape.Messages(DgramPlug.MaxFrame), fresh: false),
                    new DgramPlug(kept.Descriptor, remote, IsAdopted: true));
            case AttachmentKind.Tap when kept.Descriptor >= 0:
                return new TapGuest(this, record, port, ArenaOf(index, ReceiveShape.Tap, fresh: false), kept.Descriptor);
            default:
                return null;
        }
    }

    /// <summary>Frames of an earlier life that are lent again.</summary>
    public void CountReplayed(int frames) => _state.Worker.FramesReplayed += (ulong)frames;

    private int ListenAtPlace(PortRecord* record, out string problem)
    {
        string text = record->Path.ToString();
        problem = "";
        if (Streams.Find(record) is var shared and >= 0)
        {
            return shared;
        }
        if (!SocketPlace.TryParse(text, out SocketPlace place))
        {
            problem = $"listen on {text}";
            return -Errno.EINVAL;
        }
        if (place.Path is not null)
        {
            return Listen(record, SocketConstants.TypeStream, out problem);
        }
        int listener = Sockets.Listen(place.End, udp: false);
        problem = listener < 0 ? $"listen on {text}" : "";
        if (listener >= 0)
        {
            record->ListenerSlot = Keeper.Add(listener);
        }
        return listener;
    }

    private int OpenDgram(PortRecord* record, int index, Port port, out IGuestPlug? plug, out string problem)
    {
        string text = record->Path.ToString();
        plug = null;
        problem = $"bind to {text}";
        if (!SocketPlace.TryParse(text, out SocketPlace local) || !SocketPlace.TryParse(record->Remote.ToString(), out SocketPlace remote))
        {
            return -Errno.EINVAL;
        }
        int socket = DatagramSockets.Bind(in local);
        if (socket < 0)
        {
            return socket;
        }
        record->DescriptorSlot = Keeper.Add(socket);
        plug = new DgramGuest(this, record, port, ArenaOf(index, ReceiveShape.Messages(DgramPlug.MaxFrame), fresh: true),
            new DgramPlug(socket, remote, IsAdopted: false));
        problem = "";
        return 0;
    }

    private int Listen(PortRecord* record, int type, out string problem)
    {
        string path = record->Path.ToString();
        int listener = UnixSockets.IsListenedAt(path, type) ? -Errno.EADDRINUSE : UnixSockets.Listen(path, type);
        problem = listener < 0 ? $"listen on {path}" : "";
        if (listener >= 0)
        {
            record->ListenerSlot = Keeper.Add(listener);
        }
        return listener;
    }

    private ReceiveArena ArenaOf(int index, ReceiveShape shape, bool fresh)
    {
        ReceiveArena arena = new(_receive.At(index), shape);
        if (fresh)
        {
            arena.Reset();
        }
        CountReplayed(arena.Pending);
        return arena;
    }
}
