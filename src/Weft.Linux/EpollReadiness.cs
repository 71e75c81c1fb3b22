using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Weft.Engine;

namespace Weft.Linux;

/// <summary>
/// Theory. The ears of a lane over epoll. Every watch is edge-triggered: an event comes once per change, so whoever gets it
/// reads until −EAGAIN or stays in the lane's ready list. <see cref="Rewatch"/> (EPOLL_CTL_MOD) evaluates readiness anew and
/// reports what is true now: that is how a full send buffer is asked for its wake-up, which does not come by itself when the
/// buffer filled without a failed send.
/// <see cref="Wake"/> writes an eventfd that is never read: with EPOLLET each write is an edge of its own, and 2^64 writes
/// do not happen. A wait ended by a signal answers no events; the lane takes another turn.
/// struct epoll_event is packed on x86-64 (12 bytes) and not elsewhere (16).
/// </summary>
public sealed unsafe class EpollReadiness : IReadiness, IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const int Modify = 3;
    private const uint EdgeTriggered = 1u << 31;
    private const int MaxEvents = 256;
    private const ulong WakeData = ulong.MaxValue;

    private static readonly long LongYield = Stopwatch.Frequency / 10_000;
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int Stride = DataOffset + 8;

    private readonly SafeFileHandle _epollHandle;
    private readonly SafeFileHandle _wakeHandle;
    private readonly int _epoll;
    private readonly int _wake;
    private readonly byte* _events;

    public EpollReadiness()
    {
        _epoll = LinuxException.Check(Seam.Result(Libc.epoll_create1(FileCalls.CloseOnExec)), "epoll_create1");
        _epollHandle = new SafeFileHandle(_epoll, ownsHandle: true);
        _wake = LinuxException.Check(Seam.Result(Libc.eventfd(0, FileCalls.CloseOnExec | FileCalls.NonBlocking)), "eventfd");
        _wakeHandle = new SafeFileHandle(_wake, ownsHandle: true);
        _events = (byte*)NativeMemory.AllocZeroed((nuint)(MaxEvents * Stride));
        LinuxException.Check(ControlPacked(Add, _wake, WakeData, (uint)Ready.Read), "epoll_ctl");
    }

    public int Watch(int descriptor, ReadyToken token, Ready interest) => ControlPacked(Add, descriptor, token.Packed, (uint)interest);

    public int Rewatch(int descriptor, ReadyToken token, Ready interest) =>
        ControlPacked(Modify, descriptor, token.Packed, (uint)interest);

    public void Unwatch(int descriptor) => ControlPacked(Delete, descriptor, 0, 0);

    public int Wait(Span<ReadyEvent> events, long timeoutMicroseconds)
    {
        if (Seam.Refuses(out _))
        {
            return 0;
        }
        long* timeout = stackalloc long[2];
        timeout[0] = timeoutMicroseconds / 1_000_000;
        timeout[1] = timeoutMicroseconds % 1_000_000 * 1000;
        int limit = Math.Min(events.Length, MaxEvents);
        int count = Seam.Result(Libc.epoll_pwait2(_epoll, _events, limit, timeoutMicroseconds < 0 ? null : timeout, null));
        int written = 0;
        for (int i = 0; i < count; i++)
        {
            byte* entry = _events + i * Stride;
            ulong data = *(ulong*)(entry + DataOffset);
            if (data != WakeData)
            {
                events[written++] = new ReadyEvent(ReadyToken.Unpack(data), (Ready)(*(uint*)entry));
            }
        }
        return written;
    }

    /// <summary>Somebody who ran for a moment has perhaps brought what is waited for; who runs for longer has work of his own.</summary>
    public bool Yield()
    {
        long before = Stopwatch.GetTimestamp();
        if (!Seam.Refuses(out _))
        {
            Seam.Result(Libc.sched_yield());
        }
        return Stopwatch.GetTimestamp() - before > LongYield;
    }

    public void Wake()
    {
        ulong one = 1;
        FileCalls.Write(_wake, &one, sizeof(ulong));
    }

    public void Dispose()
    {
        _epollHandle.Dispose();
        _wakeHandle.Dispose();
        NativeMemory.Free(_events);
    }

    private int ControlPacked(int operation, int descriptor, ulong data, uint interest)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        byte* entry = stackalloc byte[16];
        *(uint*)entry = interest | EdgeTriggered;
        *(ulong*)(entry + DataOffset) = data;
        return Seam.Result(Libc.epoll_ctl(_epoll, operation, descriptor, entry));
    }
}
