using Weft.Linux;
using Weft.Linux.Memory;

namespace Weft.Tests.Linux;

public sealed unsafe class SharedMemoryTests
{
    [Fact]
    public void TwoMappingsSeeTheSameBytesAndTheFileCannotShrink()
    {
        using SharedMemory first = SharedMemory.Create("weft-test");
        Assert.True(first.Start is null);
        using SharedMemory early = SharedMemory.Open(FileCalls.Duplicate(first.Descriptor));
        Assert.False(early.Refresh());
        first.Resize(1UL << 30);
        first.Start[12345] = 7;
        using SharedMemory second = SharedMemory.Open(FileCalls.Duplicate(first.Descriptor));
        Assert.Equal(1UL << 30, second.Size);
        Assert.Equal(7, second.Start[12345]);
        Assert.True(early.Refresh());
        Assert.Equal(7, early.Start[12345]);
        Assert.Equal(-Errno.EPERM, MemoryCalls.SetLength(first.Descriptor, 4096));
        second.Clear();
        Assert.Equal(0, first.Start[12345]);
    }

    [Fact]
    public void WhatMayShrinkIsNotMapped()
    {
        int file = MemoryCalls.CreateFile("weft-test");
        MemoryCalls.SetLength(file, 4096);
        Assert.Throws<LinuxException>(() => SharedMemory.Open(file));
    }
}
