using Weft.Endpoints.Stream;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux.Sockets;

namespace Weft.Worker;

/// <summary>
/// Where streams are listened for: each place is opened once for all its NICs, whose records name the same slot, and closed with
/// the last. Each lane has a listener of its own on the one socket, since a NIC's connection is its lane's. Commands alone
/// change it, while the lanes that they touch stand still.
/// </summary>
internal sealed unsafe class SharedListeners
{
    private readonly Dictionary<string, Door> _doors = [];

    /// <summary>The listener of the record's place, when NICs have it open already; otherwise −1.</summary>
    public int Find(PortRecord* record)
    {
        if (!_doors.TryGetValue(record->Path.ToString(), out Door? door))
        {
            return -1;
        }
        record->ListenerSlot = door.Slot;
        return door.Socket;
    }

    /// <summary>The NIC of the record is reached at its place by way of <paramref name="lane"/>, until it leaves.</summary>
    /// <param name="keeper">Of that lane.</param>
    public StreamListener Join(PortRecord* record, int socket, in SocketPlace place, Lane lane, IConnectionKeeper keeper)
    {
        string name = record->Path.ToString();
        if (!_doors.TryGetValue(name, out Door? door))
        {
            _doors.Add(name, door = new Door(socket, record->ListenerSlot, place));
        }
        door.Nics.Add((nint)record);
        if (!door.Listeners.TryGetValue(lane, out StreamListener? listener) || listener.IsOver)
        {
            door.Listeners[lane] = listener = new StreamListener(lane, keeper, door.Sharers, socket, door.Slot);
        }
        return listener;
    }

    /// <summary>True when the NIC was the last of its place, whose listener is to be ended now.</summary>
    public bool Leave(PortRecord* record)
    {
        string name = record->Path.ToString();
        if (!_doors.TryGetValue(name, out Door? door))
        {
            return false;
        }
        door.Nics.Remove((nint)record);
        return door.Nics.Count == 0 && _doors.Remove(name);
    }

    /// <summary>A kept connection that no record claims and whose other end is one of the places: its guest has said nothing yet.</summary>
    public bool TryTakeUp(int socket, int slot)
    {
        if (_doors.Count == 0)
        {
            return false;
        }
        SocketPlace at = SocketPlace.OfLocalEnd(socket);
        StreamListener? listener = _doors.Values.FirstOrDefault(d => d.IsAt(at))?.Listeners.Values.FirstOrDefault(l => !l.IsOver);
        listener?.TakeUp(socket, slot);
        return listener is not null;
    }

    private sealed class Door(int socket, int slot, SocketPlace place)
    {
        public int Socket => socket;

        public int Slot => slot;

        public StreamSharers Sharers { get; } = new(isTcp: place.Path is null);

        public HashSet<nint> Nics { get; } = [];

        public Dictionary<Lane, StreamListener> Listeners { get; } = [];

        public bool IsAt(SocketPlace end) => place.Path is null
            ? end.Path is null && end.End.Port == place.End.Port && (place.End.Address.IsUnspecified || end.End.Address == place.End.Address)
            : end.Path == place.Path;
    }
}
