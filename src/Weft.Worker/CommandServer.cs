using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Worker;

/// <summary>
/// The worker's control socket: run/worker.sock, SOCK_SEQPACKET, the same user or root. Commands run on the lane between
/// turns, so no loan is alive when they change things, and one at a time: a file of a thousand networks is a thousand commands
/// back to back, and the guests' frames must not wait for the last of them. A client that sends nonsense is disconnected; nothing else happens.
/// </summary>
internal sealed unsafe class CommandServer : IReadyTarget, IDisposable
{
    private const int MaxClients = 16;
    private const int SeqpacketCloseOnExec = 5 | 0x80000;
    private const Ready Wanted = Ready.Read | Ready.PeerClosed;

    private readonly Lane _lane;
    private readonly CommandHandler _handler;
    private readonly int[] _clients = new int[MaxClients];
    private readonly byte[] _message = new byte[4096];
    private readonly ushort _target;
    private readonly string _path;
    private readonly int _listener;
    private int _count;

    /// <exception cref="LinuxException">The socket cannot be made.</exception>
    public CommandServer(Lane lane, CommandHandler handler, string path)
    {
        _lane = lane;
        _handler = handler;
        _path = path;
        _listener = LinuxException.Check(UnixSockets.Listen(path, SeqpacketCloseOnExec), $"listen on {path}");
        _target = lane.Register(this);
        lane.Readiness.Watch(_listener, new ReadyToken(_target, 0, 0), Ready.Read);
    }

    public void OnReady(ReadyToken token, Ready what)
    {
        if (token.Index == 0)
        {
            AcceptAll();
            return;
        }
        int client = (int)token.Index;
        if (IsClient(client) && Serve(client))
        {
            // The next one comes with the next turn, however soon it was sent: frames go in between.
            _lane.Readiness.Rewatch(client, new ReadyToken(_target, 0, (uint)client), Wanted);
        }
    }

    public void Dispose()
    {
        _lane.Unregister(_target);
        _lane.Readiness.Unwatch(_listener);
        FileCalls.Close(_listener);
        File.Delete(_path);
    }

    private void AcceptAll()
    {
        for (int client = SocketCalls.Accept(_listener); client >= 0; client = SocketCalls.Accept(_listener))
        {
            if (_count == MaxClients || !UnixSockets.IsOwnerOrRoot(client))
            {
                FileCalls.Close(client);
                continue;
            }
            _clients[_count++] = client;
            _lane.Readiness.Watch(client, new ReadyToken(_target, 0, (uint)client), Wanted);
        }
    }

    /// <summary>Takes one message; false when none waits or the client is gone.</summary>
    private bool Serve(int client)
    {
        int descriptor = -1;
        int length = DescriptorMessages.Receive(client, _message, new Span<int>(ref descriptor), out _);
        if (length == -Errno.EAGAIN)
        {
            return false;
        }
        if (length < sizeof(CommandHeader))
        {
            CloseDescriptor(descriptor);
            Forget(client, close: true);
            return false;
        }
        CommandReply reply = default;
        int attached = -1;
        Verdict verdict;
        fixed (byte* message = _message)
        {
            CommandHeader* header = (CommandHeader*)message;
            reply.Tag = header->Tag;
            ReadOnlySpan<byte> record = new(message + sizeof(CommandHeader), length - sizeof(CommandHeader));
            bool whole = header->RecordSize == record.Length;
            verdict = whole ? _handler.Handle(in *header, record, descriptor, ref reply, out attached) : Verdict.Bad;
        }
        if (verdict == Verdict.Bad)
        {
            CloseDescriptor(descriptor);
            reply.Error = Errno.EINVAL;
        }
        ReadOnlySpan<byte> answer = _handler.TakeAnswer();
        Span<byte> sent = stackalloc byte[sizeof(CommandReply) + sizeof(AnswerRecord)];
        MemoryMarshal.Write(sent, in reply);
        answer.CopyTo(sent[sizeof(CommandReply)..]);
        DescriptorMessages.Send(client, sent[..(sizeof(CommandReply) + answer.Length)], attached < 0 ? [] : [attached]);
        if (verdict == Verdict.KeeperComes)
        {
            Forget(client, close: false);
            _handler.AdoptKeeper(client);
            return false;
        }
        return true;
    }

    private bool IsClient(int client) => Array.IndexOf(_clients, client, 0, _count) >= 0;

    private void Forget(int client, bool close)
    {
        int at = Array.IndexOf(_clients, client, 0, _count);
        _clients[at] = _clients[--_count];
        _lane.Readiness.Unwatch(client);
        if (close)
        {
            FileCalls.Close(client);
        }
    }

    private static void CloseDescriptor(int descriptor)
    {
        if (descriptor >= 0)
        {
            FileCalls.Close(descriptor);
        }
    }
}
