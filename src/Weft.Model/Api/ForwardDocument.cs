namespace Weft.Model.Api;

public sealed record ForwardDocument(string Key, string Forward, string Listen, int HostPort, string Guest, int GuestPort, string Protocol)
{
    public static ForwardDocument Of(Forward forward) => new(forward.Key, forward.ToString(), forward.Listen.ToString(), forward.HostPort,
        forward.Guest, forward.GuestPort, forward.ProtocolWord);
}
