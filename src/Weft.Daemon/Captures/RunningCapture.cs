using System.IO.Pipelines;
using System.Net.Sockets;
using Weft.Daemon.Control;
using Weft.Daemon.Workers;
using Weft.Engine.Cables;
using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Model.Captures;
using Weft.Model.Errors;

namespace Weft.Daemon.Captures;

/// <summary>
/// Theory. One capture from its first block to its last. The section is begun here, so that another worker's frames fit into it: when
/// a worker is replaced, the capture goes on with the next one, and says so. Blocks pass whole; limits are held at their borders.
/// It ends when somebody stops it, at a limit, when its reader has gone, or when its points have. Statistics come last.
/// </summary>
internal sealed class RunningCapture(int id, CaptureRequest request, Steward steward)
{
    private const int StatisticsBytes = 52;

    /// <summary>A timer takes no more than 49 days.</summary>
    private const double LongestSeconds = 30 * 24 * 3600;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastBlocks = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly BlockReader _reader = new();
    private CaptureRecord _how;
    private CaptureLink? _link;
    private string? _stopping;
    private string[] _names = [];
    private CancellationTokenSource? _end;

    public int Id => id;

    public CaptureDocument Document { get; private set; } = new(id, []);

    /// <summary>Begins at the worker. What is wrong with the request is refused here.</summary>
    public void Open()
    {
        _how = new CaptureRecord
        {
            SnapLength = (uint)Math.Clamp(request.SnapLength, 0, PcapngSection.LongestFrame),
            Drops = request.Drops ? 1u : 0,
            Filter = FilterPrograms.Of(FilterText.Read(request.Filter)),
        };
        View view = steward.View;
        if (view.Link is not { IsAlive: true } worker)
        {
            throw new WeftException(new WeftError(ErrorCode.NotRunning, "no network is up", "there is nothing to capture yet", "weft up"));
        }
        CapturePlace[] places = worker.Read(state => new CapturePlaces(Running.Read(state, view.Plane)).Find(request.Points ?? []));
        _names = [.. places.Select(p => p.Name)];
        _link = CaptureLink.Open(worker, in _how, places, NumberOf);
        Document = Document with { Points = _names };
    }

    /// <summary>Ends it for a reason; its last blocks still come.</summary>
    public void Stop(string why)
    {
        lock (_lock)
        {
            if (_stopping is null)
            {
                _stopping = why;
                _link?.Close();
                _end?.CancelAfter(LastBlocks);
            }
        }
    }

    /// <summary>Writes until the end. <paramref name="left"/>: the reader has gone.</summary>
    public async Task WriteAsync(PipeWriter to, CancellationToken left)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(left);
        using Timer limit = new(_ => Stop("its time is over"));
        _end = end;
        try
        {
            if (request.Seconds > 0)
            {
                limit.Change(TimeSpan.FromSeconds(Math.Min(request.Seconds, LongestSeconds)), Timeout.InfiniteTimeSpan);
            }
            Put(to, PcapngSection.Begin(_names, (int)_how.SnapLength));
            await to.FlushAsync(end.Token);
            do
            {
                await PumpAsync(to, end.Token);
            }
            while (await OpenAgainAsync(end.Token));
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException or SocketException or InvalidDataException)
        {
            lock (_lock)
            {
                _stopping ??= "its reader left";
            }
        }
        finally
        {
            _end = null;
        }
    }

    /// <summary>Gives back what it has at the worker, once nobody writes any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _link?.Close();
            _link?.Dispose();
        }
        Document = Document with { Ended = _stopping ?? "it was stopped" };
    }

    private async Task PumpAsync(PipeWriter to, CancellationToken end)
    {
        while (await _reader.FillAsync(_link!.Blocks, end))
        {
            while (_reader.TryTake(out ReadOnlyMemory<byte> block))
            {
                Take(block.Span, to);
            }
            FlushResult flushed = await to.FlushAsync(end);
            if (flushed.IsCompleted)
            {
                throw new IOException("nobody reads");
            }
        }
    }

    private void Take(ReadOnlySpan<byte> block, PipeWriter to)
    {
        if (PcapngSection.TryReadStatistics(block, out _, out _, out ulong missed))
        {
            Document = Document with { Missed = Document.Missed + (long)missed };
            Put(to, block);
            return;
        }
        long room = request.SizeLimit > 0 ? request.SizeLimit - Document.Bytes - (StatisticsBytes * _names.Length) : long.MaxValue;
        if (block.Length > room)
        {
            Stop("its size limit is reached");
        }
        else if (request.Count == 0 || Document.Frames < request.Count)
        {
            Put(to, block);
            Document = Document with { Frames = Document.Frames + 1 };
        }
        if (request.Count > 0 && Document.Frames >= request.Count)
        {
            Stop("it has its frames");
        }
    }

    /// <summary>After the end of a worker's stream: waits for the next worker, and goes on. False when it shall not, or cannot.</summary>
    private async Task<bool> OpenAgainAsync(CancellationToken end)
    {
        for (DateTime began = DateTime.UtcNow; DateTime.UtcNow - began < Patience && steward.View.IsActive;)
        {
            await Task.Delay(Step, end);
            if (_stopping is not null)
            {
                return false;
            }
            if (TryOpenAgain() is { } isOpen)
            {
                _stopping ??= isOpen ? null : "its points are gone";
                return isOpen;
            }
        }
        _stopping ??= steward.View.IsActive ? "the worker is gone" : "Weft went down";
        return false;
    }

    /// <summary>Null while there is no worker.</summary>
    private bool? TryOpenAgain()
    {
        View view = steward.View;
        try
        {
            if (view.Link is not { IsAlive: true } worker)
            {
                return null;
            }
            CapturePlace[] places = worker.Read(state => new CapturePlaces(Running.Read(state, view.Plane)).FindAgain(_names));
            if (places.Length == 0)
            {
                return false;
            }
            CaptureLink next = CaptureLink.Open(worker, in _how, places, NumberOf);
            bool isAnother = next.Worker != _link?.Worker;
            lock (_lock)
            {
                _link?.Dispose();
                _link = next;
                _reader.Clear();
                if (_stopping is not null)
                {
                    next.Close();
                }
            }
            Document = Document with { Restarts = Document.Restarts + (isAnother ? 1 : 0) };
            return true;
        }
        catch (Exception problem) when (problem is WorkerGoneException or WeftException)
        {
            return null;
        }
    }

    private uint NumberOf(string name) => (uint)Array.IndexOf(_names, name);

    private void Put(PipeWriter to, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to.GetSpan(bytes.Length));
        to.Advance(bytes.Length);
        Document = Document with { Bytes = Document.Bytes + bytes.Length };
    }
}
