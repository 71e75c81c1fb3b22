using Weft.Engine;

namespace Weft.Worker;

/// <summary>Behind the port of a NIC that is not attached: no switch. Its port stays unplugged, so no frame comes here.</summary>
internal sealed class Nowhere : IForwarder
{
    public void Forward(Port from, Burst burst) => from.Drop(DropReason.Unplugged, (ulong)burst.Count);

    public void PortChanged(Port port)
    {
    }

    public void RoomAgain(Port port)
    {
    }
}
