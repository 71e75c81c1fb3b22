namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Files of many kinds for messages that carry some: memory that nobody guards, and things that are no memory.</summary>
public sealed class FuzzFiles : IDisposable
{
    private const ulong MemorySize = 1 << 20;

    private readonly List<GuestRegion> _memory = [.. Enumerable.Range(0, 4).Select(_ => new GuestRegion(0, MemorySize))];
    private readonly List<OddFile> _odd = [.. OddFile.Kinds.Select(kind => new OddFile(kind))];

    public int Any(Random random) => _odd[random.Next(_odd.Count)].Descriptor;

    /// <summary>A file that is memory, more often than not.</summary>
    public int Memory(Random random) => random.Next(8) == 0 ? Any(random) : _memory[random.Next(_memory.Count)].Descriptor;

    public void Dispose()
    {
        _odd.ForEach(file => file.Dispose());
        _memory.ForEach(region => region.Dispose());
    }
}
