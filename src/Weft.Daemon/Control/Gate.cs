using Weft.Model.Errors;

namespace Weft.Daemon.Control;

/// <summary>Lets one in at a time, in the order in which they came. Who has left while waiting is not let in: its work is not begun; what
/// is begun is finished. A bounded number waits.</summary>
internal sealed class Gate : IDisposable
{
    /// <summary>At a hundredth of a second for a change, the last one waits for a few seconds.</summary>
    public const int Room = 256;

    private readonly SemaphoreSlim _free = new(1, 1);
    private int _here;

    /// <summary>Does <paramref name="work"/> when its turn has come.</summary>
    /// <param name="left">Who asked has gone.</param>
    /// <exception cref="WeftException">Too many wait.</exception>
    /// <exception cref="OperationCanceledException">Who asked left before the work was begun.</exception>
    public async Task<T> PassAsync<T>(Func<Task<T>> work, CancellationToken left)
    {
        try
        {
            if (Interlocked.Increment(ref _here) > Room)
            {
                throw Busy();
            }
            await _free.WaitAsync(left);
            try
            {
                left.ThrowIfCancellationRequested();
                return await work();
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _here);
        }
    }

    /// <summary>In, if nobody is; then <see cref="Leave"/> follows.</summary>
    public Task<bool> TryEnterAsync() => _free.WaitAsync(0);

    public void Leave() => _free.Release();

    public void Dispose() => _free.Dispose();

    private static WeftException Busy() => new(new WeftError(ErrorCode.Busy, "too many requests wait for their turn",
        $"changes are made one at a time, and {Room} wait already; nothing was done for this one", "weft status"));
}
