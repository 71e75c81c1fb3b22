using Microsoft.Win32.SafeHandles;
using Weft.Engine.Cables;

namespace Weft.Worker;

/// <summary>Drains a capture's queue into its file on a thread of its own: a slow disk costs captured frames, never traffic.</summary>
internal sealed class CaptureFile : IDisposable
{
    private const int DrainEveryMilliseconds = 50;

    private readonly FileStream _file;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();

    /// <param name="descriptor">Open for writing; owned from here on.</param>
    public CaptureFile(int descriptor)
    {
        _file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
        _thread = new Thread(Run) { IsBackground = true, Name = "capture" };
        _thread.Start();
    }

    public CaptureQueue Queue { get; } = new();

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _file.Dispose();
        Queue.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        bool more = true;
        while (more)
        {
            more = !_stop.Wait(DrainEveryMilliseconds);
            try
            {
                for (ReadOnlySpan<byte> waiting = Queue.Waiting; !waiting.IsEmpty; waiting = Queue.Waiting)
                {
                    _file.Write(waiting);
                    Queue.Take(waiting.Length);
                }
            }
            catch (IOException)
            {
                // The reader went away or the disk is full: the queue fills, and what does not fit is counted as missed.
                return;
            }
        }
    }
}
