using Weft.Engine;

namespace Weft.Tests.Keeper;

/// <summary>Remembers what the keeper accepted for it.</summary>
internal sealed class RecordingTarget : IAcceptTarget
{
    public int ListenerSlot { get; set; }

    public List<(int Socket, int Slot)> Accepted { get; } = [];

    public bool IsAnswered { get; set; }

    public int Result { get; private set; }

    public void OnAccepted(int socket, int slot) => Accepted.Add((socket, slot));

    public void OnAcceptEnd(int result) => (IsAnswered, Result) = (true, result);
}
