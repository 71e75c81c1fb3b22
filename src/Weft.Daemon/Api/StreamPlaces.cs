namespace Weft.Daemon.Api;

/// <summary>Places of those who stay: each has one while it follows.</summary>
internal sealed class StreamPlaces(ApiLimits limits)
{
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    /// <exception cref="Weft.Model.Errors.WeftException">There is none left.</exception>
    public async Task HoldAsync(Func<Task> follow)
    {
        try
        {
            if (Interlocked.Increment(ref _taken) > limits.Streams)
            {
                throw limits.TooManyStreams();
            }
            await follow();
        }
        finally
        {
            Interlocked.Decrement(ref _taken);
        }
    }
}
