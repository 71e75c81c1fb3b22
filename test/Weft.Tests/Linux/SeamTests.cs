using System.Diagnostics;
using Weft.Engine.State;
using Weft.Linux;

namespace Weft.Tests.Linux;

/// <summary>The seam is one per process, so these run while no other test does.</summary>
[Collection(nameof(SeamTests))]
[CollectionDefinition(nameof(SeamTests), DisableParallelization = true)]
public sealed unsafe class SeamTests : IDisposable
{
    [Fact]
    public void CountsAndFailsTheNthCall()
    {
        FileCalls.Pipe(out int reader, out int writer);
        byte value = 1;
        Seam.Arm(new FaultRecord { Kind = FaultKind.Fail, AtCall = 2, Argument = Errno.ENOSPC });
        Assert.Equal(1, FileCalls.Write(writer, &value, 1));
        Assert.Equal(-Errno.ENOSPC, FileCalls.Write(writer, &value, 1));
        Assert.Equal(1, FileCalls.Write(writer, &value, 1));
        Assert.Equal(3, Seam.Calls);
        Seam.Arm(default);
        FileCalls.SetNonBlocking(reader, true);
        byte* buffer = stackalloc byte[8];
        Assert.Equal(2, FileCalls.Read(reader, buffer, 8));
        Assert.Equal(-Errno.EAGAIN, FileCalls.Read(reader, buffer, 8));
        FileCalls.Close(reader);
        FileCalls.Close(writer);
    }

    [Fact]
    public void DelaysTheNthCall()
    {
        Seam.Arm(new FaultRecord { Kind = FaultKind.Delay, AtCall = 1, Argument = 30_000 });
        Stopwatch time = Stopwatch.StartNew();
        FileCalls.Close(-1);
        Assert.InRange(time.ElapsedMilliseconds, 25, 10_000);
    }

    public void Dispose() => Seam.Arm(default);
}
