using Weft.Daemon.Workers;
using Weft.Engine.State;

namespace Weft.Lab.Load;

/// <summary>The worker's own door, run/worker.sock, for what the command line does not offer.</summary>
internal static class WorkerDoor
{
    /// <summary>Impairs the cable of a NIC such as "vm1:1"; an empty record mends it.</summary>
    public static void Impair(string home, string port, ImpairmentRecord how)
    {
        using WorkerLink link = Open(home);
        ulong id = link.Read(state => IdOf(state, port));
        Assert.Equal(0, link.Ask(CommandKind.Impair, id, in how).Error);
    }

    public static T Look<T>(string home, Func<SharedState, T> look)
    {
        using WorkerLink link = Open(home);
        return link.Read(look);
    }

    private static ulong IdOf(SharedState state, string name)
    {
        RecordArray<PortRecord> ports = state.Array<PortRecord>(SharedArray.Ports);
        for (int i = 0; i < ports.Capacity; i++)
        {
            if (ports[i].Id != 0 && ports[i].Name.ToString() == name)
            {
                return ports[i].Id;
            }
        }
        throw new IOException($"the worker has no port {name}");
    }

    private static WorkerLink Open(string home) => WorkerLink.TryOpen($"{home}/run/worker.sock") ?? throw new IOException("the worker does not answer");
}
