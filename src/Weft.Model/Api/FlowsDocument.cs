namespace Weft.Model.Api;

public sealed record FlowsDocument(int Tcp, int Udp, int Ping)
{
    public int Total => Tcp + Udp + Ping;
}
