using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace Weft.Cli.Demo;

/// <summary>The host's end of a guest's console: sends commands, hears answers. The lines are described in guest-init.sh.</summary>
/// <remarks>What the kernel says in between is kept, the last lines of it, for when a boot fails.</remarks>
internal sealed class GuestConsole : IAsyncDisposable
{
    private const string Mark = "#weft ";
    private const int NoiseLines = 40;

    private readonly string _guest;
    private readonly StreamWriter _input;
    private readonly Timer _signOfLife;
    private readonly Task[] _readers;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<GuestLease> _lease = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<GuestResult>> _running = new();
    private readonly ConcurrentQueue<string> _noise = new();
    private int _lastId;
    private int _boots;

    public GuestConsole(string guest, Process kernel)
    {
        _guest = guest;
        _input = kernel.StandardInput;
        _input.AutoFlush = true;
        _readers = [ReadAsync(kernel.StandardOutput, ends: true), ReadAsync(kernel.StandardError, ends: false)];
        _signOfLife = new Timer(_ => TrySend("alive"), null, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(4));
    }

    public Task Ready => _ready.Task;

    /// <summary>How often commands began to be taken: a guest may boot again on the same console.</summary>
    public int Boots => Volatile.Read(ref _boots);

    public Task<GuestLease> Lease => _lease.Task;

    public string Noise => string.Join(" / ", _noise);

    public async Task<GuestResult> RunAsync(string command, TimeSpan limit, CancellationToken cancel)
    {
        int id = Interlocked.Increment(ref _lastId);
        TaskCompletionSource<GuestResult> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[id] = answer;
        if (_readers[0].IsCompleted || !TrySend($"run {id} {Math.Ceiling(limit.TotalSeconds)} {Convert.ToBase64String(Encoding.UTF8.GetBytes(command))}"))
        {
            answer.TrySetException(Ended());
        }

        try
        {
            return await answer.Task.WaitAsync(limit + TimeSpan.FromSeconds(10), cancel);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_guest} does not answer to: {command}");
        }
        finally
        {
            _running.TryRemove(id, out _);
        }
    }

    public async ValueTask DisposeAsync() => await _signOfLife.DisposeAsync();

    private bool TrySend(string line)
    {
        lock (_input)
        {
            try
            {
                _input.Write(line + "\n");
                return true;
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    private async Task ReadAsync(StreamReader stream, bool ends)
    {
        try
        {
            while (await stream.ReadLineAsync() is { } line)
            {
                Hear(line);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The kernel was killed: the same as its end.
        }

        if (ends)
        {
            FailAll();
        }
    }

    private void Hear(string line)
    {
        if (!line.StartsWith(Mark, StringComparison.Ordinal))
        {
            _noise.Enqueue(line.Trim());
            while (_noise.Count > NoiseLines)
            {
                _noise.TryDequeue(out _);
            }

            return;
        }

        string[] words = line[Mark.Length..].Trim().Split(' ', 3);
        switch (words[0])
        {
            case "ready":
                Interlocked.Increment(ref _boots);
                _ready.TrySetResult();
                break;
            case "lease":
                _lease.TrySetResult(GuestLease.Parse(line[(Mark.Length + "lease ".Length)..].Trim()));
                break;
            default:
                Answer(words);
                break;
        }
    }

    private void Answer(string[] words)
    {
        if (words.Length >= 2 && int.TryParse(words[0], out int id) && int.TryParse(words[1], out int exit)
            && _running.TryGetValue(id, out var answer))
        {
            string output = words.Length == 3 ? Encoding.UTF8.GetString(Convert.FromBase64String(words[2])) : "";
            answer.TrySetResult(new GuestResult(exit, output));
        }
    }

    private void FailAll()
    {
        _ready.TrySetException(Ended());
        _lease.TrySetException(Ended());
        _ = _ready.Task.Exception;
        _ = _lease.Task.Exception;
        foreach (var answer in _running.Values)
        {
            answer.TrySetException(Ended());
        }
    }

    private IOException Ended() => new($"guest {_guest} has ended; it said: {Noise}");
}
