namespace Weft.Tests.Simulation;

/// <summary>Sends everything back; its FIN follows the other's.</summary>
internal sealed class EchoPeer : TcpPeer
{
    protected override void OnData() => Copy();

    protected override void OnWriteRoom() => Copy();

    protected override void OnFin()
    {
        if (Unread == 0)
        {
            Finish();
        }
    }

    private void Copy()
    {
        while (Unread > 0 && WriteRoom > 0)
        {
            Write(Read(Math.Min(WriteRoom, 64 * 1024)));
        }
        if (SawFin && Unread == 0 && !HasFinWaiting)
        {
            Finish();
        }
    }
}

/// <summary>Takes everything and checks it against <see cref="Pattern"/>; its FIN follows the other's unless told to hold it.</summary>
/// <param name="answerFin">False: stays half open after the other's FIN until <see cref="TcpPeer.Finish"/> is called.</param>
internal sealed class SinkPeer(bool answerFin = true) : TcpPeer
{
    /// <summary>Position of the first byte that was not the pattern's; −1 while all were right.</summary>
    public long FirstWrong { get; private set; } = -1;

    protected override void OnData()
    {
        long position = BytesRead;
        byte[] bytes = Read(int.MaxValue);
        if (FirstWrong < 0)
        {
            FirstWrong = Pattern.FirstWrong(bytes, position);
        }
    }

    protected override void OnFin()
    {
        if (answerFin)
        {
            Finish();
        }
    }
}

/// <summary>Sends <paramref name="length"/> bytes of the <see cref="Pattern"/> and then its FIN (half-close: it goes on reading).</summary>
internal sealed class SourcePeer(long length) : TcpPeer
{
    public override void OnOpen() => Fill();

    protected override void OnWriteRoom() => Fill();

    protected override void OnData() => Read(int.MaxValue);

    private void Fill()
    {
        byte[] chunk = new byte[16 * 1024];
        while (BytesWritten < length && WriteRoom > 0)
        {
            int count = (int)Math.Min(Math.Min(chunk.Length, WriteRoom), length - BytesWritten);
            Pattern.Fill(chunk.AsSpan(0, count), BytesWritten);
            Write(chunk.AsSpan(0, count));
        }
        if (BytesWritten == length && !HasFinWaiting)
        {
            Finish();
        }
    }
}

/// <summary>Takes <paramref name="bytes"/> and resets.</summary>
internal sealed class ResettingPeer(long bytes) : TcpPeer
{
    public override void OnOpen() => Check();

    protected override void OnData()
    {
        Read(int.MaxValue);
        Check();
    }

    private void Check()
    {
        if (BytesRead >= bytes)
        {
            Reset();
        }
    }
}

/// <summary>Reads <paramref name="chunk"/> bytes every <paramref name="pause"/> microseconds out of a buffer of <paramref name="buffer"/>, and checks them.</summary>
internal sealed class SlowReader : TcpPeer
{
    private readonly int _chunk;
    private readonly long _pause;

    public SlowReader(int buffer, int chunk, long pause)
    {
        ReceiveBuffer = buffer;
        _chunk = chunk;
        _pause = pause;
    }

    public long FirstWrong { get; private set; } = -1;

    /// <summary>Stops reading until it is false again.</summary>
    public bool IsStuck { get; set; }

    public override void OnOpen() => World.Time.After(_pause, Tick);

    private void Tick()
    {
        if (!IsStuck)
        {
            long position = BytesRead;
            byte[] bytes = Read(_chunk);
            FirstWrong = FirstWrong < 0 ? Pattern.FirstWrong(bytes, position) : FirstWrong;
        }
        if (SawFin && Unread == 0)
        {
            Finish();
        }
        else if (!SawReset)
        {
            World.Time.After(_pause, Tick);
        }
    }
}
