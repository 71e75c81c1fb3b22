using Weft.Linux;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Files of many kinds for messages that carry some: memory that nobody guards, and things that are no memory.</summary>
public sealed class FuzzFiles : IDisposable
{
    private const ulong MemorySize = 1 << 20;

    private readonly List<int> _files = [];

    public FuzzFiles()
    {
        for (int i = 0; i < 4; i++)
        {
            using GuestRegion region = new(0, MemorySize);
            _files.Add(FileCalls.Duplicate(region.Descriptor));
        }
        int small = MemoryCalls.CreateFile("small");
        MemoryCalls.SetLength(small, 4096);
        FileCalls.Pipe(out int reader, out int writer);
        _files.AddRange([small, reader, writer]);
        _files.Add(FileCalls.Open("/tmp", FileCalls.ReadOnly));
        _files.Add(FileCalls.Open("/dev/null", FileCalls.ReadWrite));
        _files.Add(Libc.eventfd(0, FileCalls.CloseOnExec));
        _files.Add(Libc.socket(SocketConstants.FamilyUnix, SocketConstants.TypeStream | SocketConstants.CloseOnExec, 0));
        Assert.All(_files, file => Assert.True(file >= 0));
    }

    public int Any(Random random) => _files[random.Next(_files.Count)];

    /// <summary>A file that is memory, more often than not.</summary>
    public int Memory(Random random) => random.Next(8) == 0 ? Any(random) : _files[random.Next(4)];

    public void Dispose()
    {
        _files.ForEach(file => FileCalls.Close(file));
        _files.Clear();
    }
}
