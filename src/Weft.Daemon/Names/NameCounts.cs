namespace Weft.Daemon.Names;

/// <summary>What the name server has been asked since weftd started.</summary>
internal sealed class NameCounts
{
    private long _queries;
    private long _drops;

    public long Queries => Interlocked.Read(ref _queries);

    /// <summary>Those that got no answer.</summary>
    public long Drops => Interlocked.Read(ref _drops);

    public void Asked() => Interlocked.Increment(ref _queries);

    public void Dropped() => Interlocked.Increment(ref _drops);
}
