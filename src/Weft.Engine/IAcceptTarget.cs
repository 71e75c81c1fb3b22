namespace Weft.Engine;

/// <summary>Whoever serves a kept listener and asked the keeper to accept for it (<see cref="IDescriptorKeeper.AskAccept"/>).</summary>
public interface IAcceptTarget
{
    /// <summary>The listener's slot; −1 when it is served no more.</summary>
    int ListenerSlot { get; }

    /// <summary>A connection that lies in its slot already. The target owns it from here on, even when it serves no more.</summary>
    void OnAccepted(int socket, int slot);

    /// <summary>The question is answered: 0 when more may wait, or a negative errno (−EAGAIN: none waits; −ECONNRESET: the keeper is gone).</summary>
    void OnAcceptEnd(int result);
}
