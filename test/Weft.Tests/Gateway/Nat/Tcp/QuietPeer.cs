using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Host-side program that says and does nothing until told.</summary>
internal sealed class QuietPeer : TcpPeer
{
    protected override void OnData() => Read(int.MaxValue);

    public void Say(int bytes)
    {
        byte[] chunk = new byte[bytes];
        Pattern.Fill(chunk, BytesWritten);
        Assert.Equal(bytes, Write(chunk));
    }
}
