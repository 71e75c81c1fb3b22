using Weft.Daemon.Workers;

namespace Weft.Daemon.Status;

/// <summary>
/// Rates need two looks at the counters. The look of the request before serves as the first when it is between
/// <see cref="Least"/> and <see cref="Most"/> old; otherwise one is taken and waited for. Nothing samples at idle.
/// </summary>
internal sealed class RateSampler(TimeProvider time)
{
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan Most = TimeSpan.FromSeconds(3);

    private WorkerLink? _of;
    private CounterSample? _last;

    /// <summary>Two samples of the worker at the link's other end, and the seconds between them.</summary>
    /// <exception cref="WorkerGoneException">It has gone.</exception>
    public async Task<(CounterSample First, CounterSample Second, double Seconds)> SampleAsync(WorkerLink link)
    {
        CounterSample? first = ReferenceEquals(_of, link) ? _last : null;
        if (first is null || time.GetElapsedTime(first.Timestamp) < Least || time.GetElapsedTime(first.Timestamp) > Most)
        {
            first = Take(link);
            await Task.Delay(Least, time);
        }
        CounterSample second = Take(link);
        (_of, _last) = (link, second);
        return (first, second, Math.Max(time.GetElapsedTime(first.Timestamp, second.Timestamp).TotalSeconds, 0.001));
    }

    private CounterSample Take(WorkerLink link) => link.Read(state => CounterSample.Take(state, time.GetTimestamp()));
}
