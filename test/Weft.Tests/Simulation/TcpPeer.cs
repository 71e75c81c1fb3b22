using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>
/// The program at the far end of a simulated connection, with that end's two socket buffers. Derived scripts answer events
/// with <see cref="Read"/>, <see cref="Write"/>, <see cref="Finish"/> and <see cref="Reset"/>.
/// </summary>
internal abstract class TcpPeer
{
    private readonly ByteQueue _in = new(256 * 1024);
    private readonly ByteQueue _out = new(256 * 1024);
    private KernelTcp? _connection;

    protected SimulatedWorld World => _connection!.World;

    /// <summary>The host's end as the peer sees it.</summary>
    public HostEnd Remote => _connection!.Local;

    public bool IsOpen => _connection is not null;

    public bool SawFin { get; private set; }

    public bool SawReset { get; private set; }

    public bool HasFinWaiting { get; private set; }

    /// <summary>Bytes that the program took from its socket.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Bytes that the program gave to its socket.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Room that this end offers.</summary>
    public int Room => _in.Room;

    public int ReceiveBuffer
    {
        get => _in.Capacity;
        set => _in.Capacity = value;
    }

    /// <summary>Bytes on their way to the host.</summary>
    public int Waiting => _out.Length;

    protected int Unread => _in.Length;

    protected int WriteRoom => HasFinWaiting ? 0 : _out.Room;

    public void Attach(KernelTcp connection) => _connection = connection;

    public virtual void OnOpen()
    {
    }

    public void Receive(ReadOnlySpan<byte> bytes)
    {
        _in.Append(bytes);
        OnData();
    }

    public void ReceiveFin()
    {
        SawFin = true;
        OnFin();
    }

    public void ReceiveReset()
    {
        SawReset = true;
        OnReset();
    }

    public byte[] TakeWaiting(int most)
    {
        byte[] bytes = _out.Take(most);
        if (bytes.Length > 0)
        {
            OnWriteRoom();
        }
        return bytes;
    }

    /// <summary>Bytes have come: <see cref="Unread"/> is above zero.</summary>
    protected virtual void OnData()
    {
    }

    protected virtual void OnFin()
    {
    }

    protected virtual void OnReset()
    {
    }

    /// <summary>What was written has moved on.</summary>
    protected virtual void OnWriteRoom()
    {
    }

    protected byte[] Read(int most)
    {
        byte[] bytes = _in.Take(most);
        BytesRead += bytes.Length;
        if (bytes.Length > 0 && !SawReset)
        {
            _connection!.ScheduleUp();
        }
        return bytes;
    }

    /// <summary>Writes what fits and returns how much that was.</summary>
    protected int Write(ReadOnlySpan<byte> bytes)
    {
        int written = HasFinWaiting ? 0 : _out.Append(bytes);
        BytesWritten += written;
        if (written > 0)
        {
            _connection!.ScheduleDown();
        }
        return written;
    }

    /// <summary>Closes the writing half; what was written goes first.</summary>
    public void Finish()
    {
        HasFinWaiting = true;
        _connection!.ScheduleDown();
    }

    public void Reset()
    {
        KernelTcp connection = _connection!;
        World.Time.After(World.Latency, connection.OnReset);
    }
}
