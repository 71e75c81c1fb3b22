using Weft.Engine;

namespace Weft.Tests.Simulation;

/// <summary>One entry of the simulated epoll set. It belongs to the socket, not the descriptor: closing a kept descriptor leaves it in place.</summary>
internal sealed class SimulatedWatch(SimulatedReadiness owner, KernelSocket socket, ReadyToken token, Ready interest)
{
    public KernelSocket Socket => socket;

    public ReadyToken Token { get; set; } = token;

    public Ready Interest { get; set; } = interest;

    public bool IsQueued { get; set; }

    /// <summary>False once removed, or once the last descriptor of the socket is closed.</summary>
    public bool IsActive { get; set; } = true;

    public void Wake(Ready key)
    {
        if ((key & (Interest | Ready.Error | Ready.HangUp)) != 0)
        {
            owner.Queue(this);
        }
    }
}
