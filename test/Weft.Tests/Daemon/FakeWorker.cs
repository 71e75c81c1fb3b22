using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Model;

namespace Weft.Tests.Daemon;

/// <summary>A worker that builds nothing: takes commands on its socket and keeps the records in shared memory, as the real one
/// does.</summary>
internal sealed unsafe class FakeWorker : IDisposable
{
    public const int UsualCapacity = 64;

    private readonly Thread _thread;
    private readonly int _capacity;
    private readonly int _listener;
    private readonly string _path;
    private volatile bool _ending;

    /// <param name="predecessor">The dead worker whose memory this one takes over; null: a cold start.</param>
    /// <param name="capacity">Of each table.</param>
    public FakeWorker(HomeFolder home, FakeWorker? predecessor = null, int capacity = UsualCapacity)
    {
        _path = home.WorkerSocket;
        _capacity = capacity;
        Memory = predecessor?.Memory ?? SharedMemory.Create("fake-worker", SharedState.SizeOf(Layout(capacity)));
        State = predecessor?.State ?? SharedState.Create(Memory.Start, Layout(capacity));
        ref WorkerStatus status = ref State.Worker;
        status.Pid = Environment.ProcessId;
        status.Generation++;
        status.Covered = 1;
        status.FirstStart = status.FirstStart == 0 ? DateTimeOffset.UtcNow.AddSeconds(-41).ToUnixTimeMilliseconds() * 1000
            : status.FirstStart;
        _listener = LinuxException.Check(UnixSockets.Listen(_path, SocketConstants.TypeSeqpacket), "listen");
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public static (SharedArray, int, int)[] Layout(int capacity) =>
    [
        (SharedArray.Worker, sizeof(WorkerStatus), 1),
        (SharedArray.Networks, sizeof(NetworkRecord), capacity),
        (SharedArray.Ports, sizeof(PortRecord), capacity),
        (SharedArray.PortCounters, sizeof(PortCounters), capacity),
        (SharedArray.Forwards, sizeof(ForwardRecord), capacity),
        (SharedArray.Leases, sizeof(LeaseRecord), capacity),
        (SharedArray.Vhost, sizeof(VhostRecord), capacity),
        (SharedArray.Names, sizeof(NameRecord), capacity),
    ];

    public SharedMemory Memory { get; }

    public SharedState State { get; }

    /// <summary>Answers a positive errno to refuse a command.</summary>
    public Func<CommandKind, byte[], int> Refuse { get; set; } = (_, _) => 0;

    public List<CommandKind> Commands { get; } = [];

    /// <summary>What it says to questions.</summary>
    public Func<QuestionRecord, AnswerRecord> Answers { get; set; } = _ => default;

    /// <summary>Called before a command is answered.</summary>
    public Action<CommandKind> OnCommand { get; set; } = _ => { };

    public bool Stopped { get; private set; }

    /// <summary>It was told to die, and answers no more.</summary>
    public bool IsDying => _ending;

    /// <summary>Takes the descriptor that comes with a command; true: it is the taker's to close.</summary>
    public Func<CommandKind, int, bool> TakeDescriptor { get; set; } = (_, _) => false;

    /// <summary>Called after an orderly end.</summary>
    public Action OnStopped { get; set; } = () => { };

    public List<string> Names(SharedArray which)
    {
        List<string> names = [];
        for (int i = 0; i < _capacity; i++)
        {
            switch (which)
            {
                case SharedArray.Networks when Networks[i].Id != 0:
                    names.Add(Networks[i].Name.ToString());
                    break;
                case SharedArray.Ports when Ports[i].Id != 0:
                    names.Add(Ports[i].Name.ToString());
                    break;
                case SharedArray.Forwards when Forwards[i].Id != 0:
                    names.Add($"{Forwards[i].Listen}:{Forwards[i].ListenPort}");
                    break;
                case SharedArray.Names when StaticNames[i].Id != 0:
                    names.Add($"{StaticNames[i].Network}/{StaticNames[i].Name} {StaticNames[i].Count}");
                    break;
            }
        }
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    public RecordArray<NetworkRecord> Networks => State.Array<NetworkRecord>(SharedArray.Networks);

    public RecordArray<PortRecord> Ports => State.Array<PortRecord>(SharedArray.Ports);

    public RecordArray<ForwardRecord> Forwards => State.Array<ForwardRecord>(SharedArray.Forwards);

    public RecordArray<NameRecord> StaticNames => State.Array<NameRecord>(SharedArray.Names);

    /// <summary>As kill -9 does it: the connections break, the memory stays.</summary>
    public void Kill()
    {
        _ending = true;
        _thread.Join();
    }

    public void Dispose() => Kill();

    private void Serve()
    {
        List<int> open = [_listener];
        while (!_ending && !Stopped)
        {
            PollEntry[] entries = [.. open.Select(d => new PollEntry { Descriptor = d, Wanted = PollEntry.In })];
            FileCalls.Poll(entries, 5);
            foreach (PollEntry entry in entries.Where(e => e.Seen != 0))
            {
                if (entry.Descriptor == _listener)
                {
                    open.Add(SocketCalls.Accept(_listener));
                }
                else if (!Answer(entry.Descriptor))
                {
                    FileCalls.Close(entry.Descriptor);
                    open.Remove(entry.Descriptor);
                }
            }
        }
        open.ForEach(d => FileCalls.Close(d));
        FileCalls.Remove(_path);
        if (Stopped)
        {
            OnStopped();
        }
    }

    private bool Answer(int socket)
    {
        Span<byte> message = stackalloc byte[2048];
        Span<int> descriptors = stackalloc int[4];
        int length = DescriptorMessages.Receive(socket, message, descriptors, out int count);
        if (length < sizeof(CommandHeader))
        {
            return false;
        }
        CommandHeader header = MemoryMarshal.Read<CommandHeader>(message);
        for (int i = 0; i < count; i++)
        {
            if (!TakeDescriptor(header.Kind, descriptors[i]))
            {
                FileCalls.Close(descriptors[i]);
            }
        }
        byte[] record = message[sizeof(CommandHeader)..length].ToArray();
        OnCommand(header.Kind);
        if (_ending)
        {
            return false;
        }
        lock (Commands)
        {
            Commands.Add(header.Kind);
        }
        CommandReply reply = new() { Tag = header.Tag, Error = Refuse(header.Kind, record) };
        if (reply.Error == 0)
        {
            reply.Id = Do(header, record, out reply.Error);
        }
        else
        {
            reply.Detail = Text108.From("bind 127.0.0.1");
        }
        int memory = Memory.Descriptor;
        ReadOnlySpan<int> handed = header.Kind == CommandKind.GetSharedMemory ? new ReadOnlySpan<int>(in memory) : [];
        ReadOnlySpan<byte> answer = header.Kind == CommandKind.Ask ? AnswerTo(record) : [];
        DescriptorMessages.Send(socket, [.. MemoryMarshal.AsBytes(new ReadOnlySpan<CommandReply>(in reply)), .. answer], handed);
        Stopped |= header.Kind == CommandKind.Stop;
        return true;
    }

    private byte[] AnswerTo(byte[] record)
    {
        AnswerRecord answer = Answers(MemoryMarshal.Read<QuestionRecord>(record));
        return MemoryMarshal.AsBytes(new ReadOnlySpan<AnswerRecord>(in answer)).ToArray();
    }

    private ulong Do(CommandHeader header, byte[] record, out int error)
    {
        error = 0;
        switch (header.Kind)
        {
            case CommandKind.PutNetwork:
                return Put(Networks, header.Id, record, (ref NetworkRecord r) => ref r.Id, out error);
            case CommandKind.PutPort:
                ulong id = Put(Ports, header.Id, record, (ref PortRecord r) => ref r.Id, out error);
                for (uint i = 0; i < _capacity; i++)
                {
                    Ports[(int)i].CounterIndex = i;
                }
                return id;
            case CommandKind.PutForward:
                return Put(Forwards, header.Id, record, (ref ForwardRecord r) => ref r.Id, out error);
            case CommandKind.PutName:
                return PutName(record, out error);
            case CommandKind.RemoveName:
                return Remove(StaticNames, header.Id, (ref NameRecord r) => ref r.Id, out error);
            case CommandKind.RemoveNetwork:
                for (int i = 0; i < _capacity; i++)
                {
                    Ports[i].NetworkId = Ports[i].NetworkId == header.Id ? 0 : Ports[i].NetworkId;
                }
                return Remove(Networks, header.Id, (ref NetworkRecord r) => ref r.Id, out error);
            case CommandKind.RemovePort:
                return Remove(Ports, header.Id, (ref PortRecord r) => ref r.Id, out error);
            case CommandKind.RemoveForward:
                return Remove(Forwards, header.Id, (ref ForwardRecord r) => ref r.Id, out error);
            default:
                return 0;
        }
    }

    /// <summary>Takes the place of the one with the same network and name.</summary>
    private ulong PutName(byte[] bytes, out int error)
    {
        NameRecord wanted = MemoryMarshal.Read<NameRecord>(bytes);
        for (int i = 0; i < _capacity; i++)
        {
            ref NameRecord there = ref StaticNames[i];
            there = there.Network.ToString() == wanted.Network.ToString() && there.Name.ToString() == wanted.Name.ToString() ? default : there;
        }
        return Put(StaticNames, 0, bytes, (ref NameRecord r) => ref r.Id, out error);
    }

    private delegate ref ulong IdOf<T>(ref T record);

    private ulong Put<T>(RecordArray<T> array, ulong id, byte[] bytes, IdOf<T> idOf, out int error)
        where T : unmanaged
    {
        T record = MemoryMarshal.Read<T>(bytes);
        error = bytes.Length == Unsafe.SizeOf<T>() && idOf(ref record) == id ? 0 : Errno.EINVAL;
        for (int i = 0; error == 0 && i < array.Capacity; i++)
        {
            if (idOf(ref array[i]) == id)
            {
                idOf(ref record) = id == 0 ? ++State.Worker.NextId : id;
                array[i] = record;
                return idOf(ref record);
            }
        }
        error = error != 0 ? error : id == 0 ? Errno.ENOSPC : Errno.ENOENT;
        return 0;
    }

    private static ulong Remove<T>(RecordArray<T> array, ulong id, IdOf<T> idOf, out int error)
        where T : unmanaged
    {
        error = Errno.ENOENT;
        for (int i = 0; i < array.Capacity; i++)
        {
            if (idOf(ref array[i]) == id)
            {
                array[i] = default;
                error = 0;
            }
        }
        return 0;
    }
}
