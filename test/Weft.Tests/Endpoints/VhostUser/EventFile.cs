using Weft.Linux;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>An eventfd: how a driver kicks a device and is called by it.</summary>
public sealed unsafe class EventFile : IDisposable
{
    public EventFile()
    {
        Descriptor = Libc.eventfd(0, FileCalls.CloseOnExec | FileCalls.NonBlocking);
        Assert.True(Descriptor >= 0);
    }

    public int Descriptor { get; }

    /// <summary>Signals taken so far.</summary>
    public ulong Total { get; private set; }

    public void Signal(ulong count = 1) => Libc.write(Descriptor, &count, sizeof(ulong));

    /// <summary>Signals that came since the last time.</summary>
    public ulong Take()
    {
        ulong count = 0;
        if (Libc.read(Descriptor, &count, sizeof(ulong)) != sizeof(ulong))
        {
            return 0;
        }
        Total += count;
        return count;
    }

    /// <summary>Sleeps until a signal comes, and takes it.</summary>
    public void Wait(string what)
    {
        PollEntry entry = new() { Descriptor = Descriptor, Wanted = PollEntry.In };
        Assert.True(Libc.poll(&entry, 1, 20_000) == 1, $"{what} did not come");
        Take();
    }

    public void Dispose() => Libc.close(Descriptor);
}
