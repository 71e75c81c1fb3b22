using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;

namespace Weft.Tests.Engine;

/// <summary>Counters of one port outside of any shared memory.</summary>
internal sealed unsafe class CounterMemory : IDisposable
{
    public PortCounters* At { get; } = (PortCounters*)NativeMemory.AllocZeroed((nuint)sizeof(PortCounters));

    public ulong this[DropReason reason] => At->Drops[(int)reason];

    public ulong TotalDrops
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < (int)DropReason.Count; i++)
            {
                sum += At->Drops[i];
            }
            return sum;
        }
    }

    public void Dispose() => NativeMemory.Free(At);
}
