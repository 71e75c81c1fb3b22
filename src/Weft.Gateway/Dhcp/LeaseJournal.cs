using System.Buffers;
using System.Collections.Concurrent;
using Weft.Wire;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// Theory. Makes leases outlive the worker and the boot. Lanes hand changes over and go on; one thread writes all that wait
/// in one piece, flushes once (group commit), marks each change committed and calls back; the lane then sends its ACKs.
///   good     lines are appended; the file is rewritten once most of its lines are out of date
///   behind   a write failed (disk full, folder gone): changes count as committed, since the lease holds in memory and a
///            guest needs its address more than the next boot does; <see cref="Problem"/> says so; the whole file is
///            rewritten from memory every five seconds until that works, and is good again
/// A file must have one writer: the active worker opens it, a standby does not.
/// </summary>
public sealed class LeaseJournal : IDisposable
{
    /// <summary>Rewriting pays when the file is larger than this and holds four times what is alive.</summary>
    private const int CompactAbove = 64 * 1024;
    private const int RetryMilliseconds = 5000;

    private readonly ILeaseFile _file;
    private readonly Action _onCommitted;
    private readonly int _retryMilliseconds;
    private readonly ConcurrentQueue<LeaseChange> _waiting = new();
    private readonly Dictionary<(string Network, IpAddress Address), LeaseChange> _alive = [];
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile bool _stopping;
    private volatile string? _problem;
    private bool _isBehind;
    private long _triedAt;
    private long _failures;

    internal LeaseJournal(ILeaseFile file, Action onCommitted, int retryMilliseconds = RetryMilliseconds)
    {
        _file = file;
        _onCommitted = onCommitted;
        _retryMilliseconds = retryMilliseconds;
        Recovered = Recover();
        _thread = new Thread(Run) { IsBackground = true, Name = "leases" };
        _thread.Start();
    }

    /// <summary>The leases that the file held when it was opened.</summary>
    public IReadOnlyList<LeaseChange> Recovered { get; }

    /// <summary>Bytes behind the last good line, which a crash left torn and nobody was promised.</summary>
    public int TornBytes { get; private set; }

    /// <summary>What keeps leases from the disk now; null for nothing.</summary>
    public string? Problem => _problem;

    /// <summary>Failed writes so far.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Opens the journal at <paramref name="path"/>; what it holds is in <see cref="Recovered"/>. Never throws for the disk's sake.</summary>
    /// <param name="onCommitted">Called on the journal's thread after each batch, and when <see cref="Problem"/> changes: wake the lanes.</param>
    public static LeaseJournal Open(string path, Action onCommitted) => new(new LeaseFile(path), onCommitted);

    /// <summary>Queues a change, from any lane; its <see cref="LeaseChange.IsCommitted"/> turns true in the order of calls.</summary>
    public void Append(LeaseChange change)
    {
        _waiting.Enqueue(change);
        _wake.Set();
    }

    /// <summary>Writes what waits, then ends.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _file.Dispose();
        _wake.Dispose();
    }

    private IReadOnlyList<LeaseChange> Recover()
    {
        try
        {
            byte[] bytes = _file.Read();
            LeaseLogContent content = LeaseLog.Read(bytes);
            foreach (LeaseChange lease in content.Leases)
            {
                _alive[(lease.Network, lease.Address)] = lease;
            }
            TornBytes = bytes.Length - content.GoodLength;
            if (bytes.Length > 0 && !content.IsOurs && bytes.AsSpan().Contains((byte)'\n'))
            {
                _file.PutAside();
            }
            // A torn end must go before anything is appended behind it.
            if (bytes.Length == 0 || TornBytes > 0)
            {
                RewriteAll();
            }
            return content.Leases;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
            return [.. _alive.Values];
        }
    }

    private void Run()
    {
        var batch = new List<LeaseChange>();
        while (!_stopping || !_waiting.IsEmpty)
        {
            _wake.WaitOne(_isBehind ? _retryMilliseconds : Timeout.Infinite);
            while (_waiting.TryDequeue(out LeaseChange? change))
            {
                batch.Add(change);
                Remember(change);
            }
            string? problem = _problem;
            Store(batch);
            foreach (LeaseChange change in batch)
            {
                change.SetCommitted();
            }
            if (batch.Count > 0 || problem != _problem)
            {
                batch.Clear();
                _onCommitted();
            }
        }
    }

    private void Remember(LeaseChange change)
    {
        if (change.IsEnd)
        {
            _alive.Remove((change.Network, change.Address));
            return;
        }
        _alive[(change.Network, change.Address)] = change;
    }

    private void Store(List<LeaseChange> batch)
    {
        try
        {
            if (_isBehind)
            {
                RetryWhenDue();
                return;
            }
            if (batch.Count > 0)
            {
                AppendAll(batch);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e);
        }
    }

    private void AppendAll(List<LeaseChange> batch)
    {
        _buffer.ResetWrittenCount();
        foreach (LeaseChange change in batch)
        {
            LeaseLog.Write(change, _buffer);
        }
        int perLine = _buffer.WrittenCount / batch.Count;
        if (_file.Length > CompactAbove && _file.Length > 4L * perLine * _alive.Count)
        {
            RewriteAll();
            return;
        }
        _file.Append(_buffer.WrittenSpan);
    }

    private void RetryWhenDue()
    {
        if (_stopping || Environment.TickCount64 - _triedAt >= _retryMilliseconds)
        {
            RewriteAll();
            _isBehind = false;
            _problem = null;
        }
    }

    private void RewriteAll()
    {
        _buffer.ResetWrittenCount();
        LeaseLog.WriteAll(_alive.Values, _buffer);
        _file.Rewrite(_buffer.WrittenSpan);
    }

    private void Fail(Exception e)
    {
        Interlocked.Increment(ref _failures);
        _triedAt = Environment.TickCount64;
        _isBehind = true;
        string problem = $"leases are kept in memory only: {e.Message}";
        if (_problem != problem)
        {
            _problem = problem;
        }
    }
}
