using Weft.Engine;
using Weft.Linux.Sockets;

namespace Weft.Linux.Keeping;

/// <summary>
/// Theory. Ends a descriptor that the keeper may hold too. Its duplicate keeps everything alive that close() would end: the
/// connection sends no FIN, a listener still accepts, epoll still reports. So, in this order:
///   1. leave epoll, or ghost events come for as long as the duplicate lives
///   2. end what is behind it: connect(AF_UNSPEC) for a reset (a listener stops by it too), shutdown for a FIN
///   3. tell the keeper to drop the slot
///   4. close ours
/// What is no socket, or not connected, answers step 2 with an errno that means "nothing to end".
/// </summary>
public sealed class KeptDescriptors(IReadiness readiness, IHostSockets sockets, IDescriptorKeeper keeper) : IKeptDescriptors
{
    public void End(int descriptor, int slot, bool abort)
    {
        readiness.Unwatch(descriptor);
        if (abort)
        {
            sockets.Abort(descriptor);
        }
        else
        {
            SocketCalls.Shutdown(descriptor, SocketConstants.ShutdownBoth);
        }
        if (slot >= 0)
        {
            keeper.Drop(slot);
        }
        sockets.Close(descriptor);
    }
}
