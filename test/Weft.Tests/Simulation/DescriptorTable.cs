namespace Weft.Tests.Simulation;

/// <summary>One worker's descriptors. The number closed last is given out next, so that a stale one is noticed.</summary>
internal sealed class DescriptorTable
{
    private const int First = 3;

    private readonly List<KernelSocket?> _sockets = [null, null, null];
    private readonly Stack<int> _free = new();

    /// <summary>RLIMIT_NOFILE.</summary>
    public int Limit { get; set; } = 1_000_000;

    public int Count => _sockets.Count - First - _free.Count;

    public KernelSocket? this[int descriptor] =>
        (uint)descriptor < (uint)_sockets.Count ? _sockets[descriptor] : null;

    public int Add(KernelSocket socket)
    {
        if (Count >= Limit)
        {
            return -Errno.TooManyFiles;
        }
        socket.Hold();
        if (_free.TryPop(out int descriptor))
        {
            _sockets[descriptor] = socket;
            return descriptor;
        }
        _sockets.Add(socket);
        return _sockets.Count - 1;
    }

    public void Close(int descriptor)
    {
        if (this[descriptor] is { } socket)
        {
            _sockets[descriptor] = null;
            _free.Push(descriptor);
            socket.Let();
        }
    }

    public void CloseAll()
    {
        for (int descriptor = First; descriptor < _sockets.Count; descriptor++)
        {
            Close(descriptor);
        }
    }
}
