using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Host-side program: takes so many bytes of the pattern, answers with so many, then its FIN.</summary>
internal sealed class AnsweringPeer(long question, long answer) : TcpPeer
{
    /// <summary>Position of the first wrong byte; −1 while all were right.</summary>
    public long FirstWrong { get; private set; } = -1;

    protected override void OnData()
    {
        long position = BytesRead;
        byte[] bytes = Read(int.MaxValue);
        FirstWrong = FirstWrong < 0 ? Pattern.FirstWrong(bytes, position) : FirstWrong;
        Fill();
    }

    protected override void OnWriteRoom() => Fill();

    public override void OnOpen() => Fill();

    private void Fill()
    {
        if (BytesRead < question)
        {
            return;
        }
        byte[] chunk = new byte[16 * 1024];
        while (BytesWritten < answer && WriteRoom > 0)
        {
            int count = (int)Math.Min(Math.Min(chunk.Length, WriteRoom), answer - BytesWritten);
            Pattern.Fill(chunk.AsSpan(0, count), BytesWritten);
            Write(chunk.AsSpan(0, count));
        }
        if (BytesWritten == answer && !HasFinWaiting)
        {
            Finish();
        }
    }
}
