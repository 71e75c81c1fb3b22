using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Daemon.Workers;

/// <summary>
/// One connection to a running worker: commands go over it one at a time, and its shared memory is mapped read-only, so
/// that looking costs the worker nothing. A worker that dies ends the link; the next worker has the same memory, or, when
/// its keeper died too, another one: a new link asks anew.
/// </summary>
internal sealed unsafe class WorkerLink : IDisposable
{
    private const int ReplyLimitMilliseconds = 10_000;
    private const int MaxRecord = 1024;

    private readonly Lock _lock = new();
    private readonly int _socket;
    private SharedMemory? _memory;
    private SharedState? _state;
    private ulong _tag;
    private bool _broken;
    private bool _disposed;

    private WorkerLink(int socket)
    {
        _socket = socket;
    }

    /// <summary>False once the worker at the other end has gone.</summary>
    public bool IsAlive
    {
        get
        {
            if (!_lock.TryEnter())
            {
                return !_broken;
            }
            try
            {
                return !_broken && !HasHungUp();
            }
            finally
            {
                _lock.Exit();
            }
        }
    }

    /// <summary>A link to the worker that listens at <paramref name="path"/>, or null when none does.</summary>
    public static WorkerLink? TryOpen(string path)
    {
        int socket = UnixSockets.Connect(path, SocketConstants.TypeSeqpacket);
        if (socket < 0)
        {
            return null;
        }
        WorkerLink link = new(socket);
        try
        {
            link.TakeMemory();
            return link;
        }
        catch (Exception problem) when (problem is IOException or WorkerGoneException)
        {
            link.Dispose();
            return null;
        }
    }

    /// <summary>Asks without a record.</summary>
    public CommandReply Ask(CommandKind kind, ulong id) => Exchange(kind, id, [], -1, out _);

    /// <summary>Asks with a record, and a descriptor unless it is −1.</summary>
    /// <exception cref="WorkerGoneException">The worker did not answer.</exception>
    public CommandReply Ask<T>(CommandKind kind, ulong id, in T record, int descriptor = -1)
        where T : unmanaged =>
        Exchange(kind, id, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in record)), descriptor, out _);

    /// <summary>Asks what would become of a frame; the answer stays empty when the reply is an error.</summary>
    /// <exception cref="WorkerGoneException">The worker did not answer.</exception>
    public CommandReply Ask(in QuestionRecord question, out AnswerRecord answer)
    {
        answer = default;
        return Exchange(CommandKind.Ask, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<QuestionRecord>(in question)), -1, out _,
            MemoryMarshal.AsBytes(new Span<AnswerRecord>(ref answer)));
    }

    /// <summary>Looks into the shared memory; it stays mapped while <paramref name="look"/> runs, whoever disposes the link.</summary>
    /// <exception cref="WorkerGoneException">The link has been disposed.</exception>
    public T Read<T>(Func<SharedState, T> look)
    {
        bool held = false;
        try
        {
            _memory!.DangerousAddRef(ref held);
            return look(_state!);
        }
        catch (ObjectDisposedException)
        {
            throw new WorkerGoneException("the link to the worker is closed");
        }
        finally
        {
            if (held)
            {
                _memory!.DangerousRelease();
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _disposed = _broken = true;
                FileCalls.Close(_socket);
                _memory?.Dispose();
            }
        }
    }

    private bool HasHungUp()
    {
        PollEntry entry = new() { Descriptor = _socket, Wanted = PollEntry.In | PollEntry.PeerClosed };
        FileCalls.Poll(new Span<PollEntry>(ref entry), 0);
        return (entry.Seen & (PollEntry.HangUp | PollEntry.Error | PollEntry.PeerClosed)) != 0;
    }

    private void TakeMemory()
    {
        CommandReply reply = Exchange(CommandKind.GetSharedMemory, 0, [], -1, out int descriptor);
        if (reply.Error != 0 || descriptor < 0)
        {
            throw new WorkerGoneException($"the worker gave no shared memory: {Errno.Text(reply.Error)}");
        }
        _memory = SharedMemory.Open(descriptor, readOnly: true);
        if (!SharedState.TryOpen(_memory.Start, _memory.Size, out SharedState? state))
        {
            throw new WorkerGoneException("the worker's shared memory has another layout than this weftd's");
        }
        _state = state;
    }

    private CommandReply Exchange(CommandKind kind, ulong id, ReadOnlySpan<byte> record, int descriptor, out int received,
        Span<byte> answer = default)
    {
        lock (_lock)
        {
            Span<byte> message = stackalloc byte[Unsafe.SizeOf<CommandHeader>() + MaxRecord];
            CommandHeader header = new() { Kind = kind, RecordSize = (uint)record.Length, Tag = ++_tag, Id = id };
            MemoryMarshal.Write(message, header);
            record.CopyTo(message[Unsafe.SizeOf<CommandHeader>()..]);
            message = message[..(Unsafe.SizeOf<CommandHeader>() + record.Length)];
            ReadOnlySpan<int> descriptors = descriptor < 0 ? [] : new ReadOnlySpan<int>(in descriptor);
            if (_broken || DescriptorMessages.Send(_socket, message, descriptors) != message.Length)
            {
                throw Gone("the worker takes no commands");
            }
            return Receive(out received, answer);
        }
    }

    /// <param name="answer">Room for a record behind the reply.</param>
    private CommandReply Receive(out int received, Span<byte> answer)
    {
        received = -1;
        CommandReply reply = default;
        int replySize = Unsafe.SizeOf<CommandReply>();
        Span<byte> message = stackalloc byte[replySize + MaxRecord];
        do
        {
            PollEntry entry = new() { Descriptor = _socket, Wanted = PollEntry.In };
            if (FileCalls.Poll(new Span<PollEntry>(ref entry), ReplyLimitMilliseconds) <= 0)
            {
                throw Gone($"the worker did not answer within {ReplyLimitMilliseconds / 1000} s");
            }
            int length = DescriptorMessages.Receive(_socket, message, new Span<int>(ref received), out int count);
            received = count == 0 ? -1 : received;
            if (length != replySize && length != replySize + answer.Length)
            {
                throw Gone("the worker ended");
            }
            reply = MemoryMarshal.Read<CommandReply>(message);
            message[replySize..length].CopyTo(answer);
        }
        while (reply.Tag != _tag);
        return reply;
    }

    private WorkerGoneException Gone(string what)
    {
        _broken = true;
        return new WorkerGoneException(what);
    }
}
