using Weft.Engine;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>
/// The control: a host side whose state is not the kernel's but what the worker wrote down after each call, as if sequence
/// numbers were stored in the record. A kill between call and note makes the note wrong.
/// </summary>
internal sealed unsafe class StoringSockets(SimulatedHost host, Dictionary<KernelSocket, StoringSockets.Note> notes) : IHostSockets
{
    private readonly SimulatedHostSockets _inner = host.Sockets;

    internal sealed class Note
    {
        public ulong Taken;
        public ulong Consumed;
        public bool Dialled;
    }

    public int OpenTcp(IpAddress source) => _inner.OpenTcp(source);

    public int Connect(int socket, HostEnd to)
    {
        NoteOf(socket).Dialled = true;
        return _inner.Connect(socket, to);
    }

    public long Send(int socket, IoVec* runs, int count)
    {
        long sent = _inner.Send(socket, runs, count);
        NoteOf(socket).Taken += (ulong)Math.Max(0, sent);
        return sent;
    }

    public long Discard(int socket, int bytes)
    {
        long gone = _inner.Discard(socket, bytes);
        NoteOf(socket).Consumed += (ulong)Math.Max(0, gone);
        return gone;
    }

    public bool TryReadState(int socket, out TcpSocketState state)
    {
        if (!_inner.TryReadState(socket, out state))
        {
            return false;
        }
        Note note = NoteOf(socket);
        bool saidFin = state.State is KernelTcp.FinWait1 or KernelTcp.FinWait2 or KernelTcp.LastAck or KernelTcp.Closing or KernelTcp.Closed;
        bool heardFin = state.State is KernelTcp.CloseWait or KernelTcp.LastAck or KernelTcp.Closing or KernelTcp.Closed;
        state.OutQueue = 0;
        state.BytesAcked = note.Taken + (note.Dialled ? 1u : 0) + (saidFin ? 1u : 0);
        state.BytesReceived = note.Consumed + (ulong)state.InQueue + (heardFin ? 1u : 0);
        return true;
    }

    public int Listen(HostEnd at, bool udp) => _inner.Listen(at, udp);

    public int Accept(int listener, out HostEnd peer) => _inner.Accept(listener, out peer);

    public int Admit(int socket, out HostEnd peer) => _inner.Admit(socket, out peer);

    public long Peek(int socket, IoVec* runs, int count) => _inner.Peek(socket, runs, count);

    public int SetPeekOffset(int socket, int offset) => _inner.SetPeekOffset(socket, offset);

    public int Room(int socket) => _inner.Room(socket);

    public int ShutdownWrite(int socket) => _inner.ShutdownWrite(socket);

    public int Abort(int socket) => _inner.Abort(socket);

    public void Close(int socket) => _inner.Close(socket);

    public int TakeError(int socket) => _inner.TakeError(socket);

    public HostEnd LocalEnd(int socket) => _inner.LocalEnd(socket);

    public int OpenUdp(IpAddress source) => _inner.OpenUdp(source);

    public int OpenPing(bool v6, ushort identifier) => _inner.OpenPing(v6, identifier);

    public long SendTo(int socket, IoVec* runs, int count, HostEnd to, byte timeToLive) => _inner.SendTo(socket, runs, count, to, timeToLive);

    public long ReceiveFrom(int socket, byte* to, int length, out HostEnd from) => _inner.ReceiveFrom(socket, to, length, out from);

    public long ReceiveError(int socket, byte* to, int length, out IcmpErrorReport report) =>
        _inner.ReceiveError(socket, to, length, out report);

    private Note NoteOf(int socket)
    {
        KernelSocket kernel = host.Descriptors[socket]!;
        if (!notes.TryGetValue(kernel, out Note? note))
        {
            notes[kernel] = note = new Note();
        }
        return note;
    }
}
