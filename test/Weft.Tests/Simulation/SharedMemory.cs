using System.Runtime.InteropServices;
using Weft.Engine.State;

namespace Weft.Tests.Simulation;

/// <summary>The memfd of a test: records that outlive the simulated worker.</summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private readonly byte* _start;

    public SharedMemory(params (SharedArray Which, int RecordSize, int Capacity)[] arrays)
    {
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)SharedState.SizeOf(arrays), 4096);
        NativeMemory.Clear(_start, (nuint)SharedState.SizeOf(arrays));
        State = SharedState.Create(_start, arrays);
    }

    public SharedState State { get; }

    public void Dispose() => NativeMemory.AlignedFree(_start);
}
