using System.Net;
using System.Net.Sockets;
using Weft.Daemon.Control;
using Weft.Daemon.Store;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Daemon.Names;

/// <summary>
/// Theory. Whether and where weftd answers the host's questions for names. The place stands in a file of the home and stays
/// until it is named again, as lanes do. An <c>up</c> that names another one goes
///   bind      the new sockets (a port that is taken is refused here: nothing has happened)
///   stage     the new file is on the disk under a temporary name
///   up        the change itself; where it is refused, sockets and file are thrown away
///   commit    rename; the new sockets answer, the old ones close
/// A place that cannot be had when weftd starts is tried again until it can; the status says so meanwhile.
/// </summary>
internal sealed class HostNames : IAsyncDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly DaemonParts _parts;
    private readonly NameSnapshot _names;
    private readonly NameCounts _counts = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private Task _watched = Task.CompletedTask;
    private NameServer? _server;
    private volatile State _state = new(null, null);

    public HostNames(DaemonParts parts, Steward steward)
    {
        _parts = parts;
        _names = new NameSnapshot(steward, parts.Time);
    }

    /// <summary>Null: it is off.</summary>
    public NameServerDocument? Document => _state is { Wanted: { } place } state
        ? new NameServerDocument(place.ToString(), state.Problem, _counts.Queries, _counts.Drops) : null;

    /// <summary>What keeps it from answering.</summary>
    public ProblemDocument? Problem => _state is { Wanted: { } place, Problem: { } why }
        ? new ProblemDocument($"names cannot be answered at {place}: {why}", true, $"weft up --dns {NameServerErrors.NextFree(place)}") : null;

    /// <summary>Goes back to where it answered before, if it did.</summary>
    public void Start()
    {
        _state = new State(ReadPlace(), null);
        TryServe();
        _watched = Task.Run(WatchAsync);
    }

    /// <summary>Does <paramref name="up"/>, and answers at the request's place from then on.</summary>
    /// <exception cref="WeftException">The place is none, or cannot be had; nothing was changed.</exception>
    public async Task<ChangeReply> UpAsync(UpRequest request, Func<Task<ChangeReply>> up, CancellationToken left)
    {
        if (request.Dns is not { } text)
        {
            return await up();
        }
        IPEndPoint? place = text == NameServerPlace.Off ? null : Parse(text);
        await _gate.WaitAsync(left);
        try
        {
            bool isNew = !Equals(place, _server?.Place);
            NameSockets? sockets = isNew && place is not null ? Open(place) : null;
            try
            {
                Stage(place);
                ChangeReply reply = await up();
                string[] steps = Equals(place, _state.Wanted) ? [] : [place is null ? $"answer names at {_state.Wanted} no more" : $"answer names at {place}"];
                Commit();
                _state = new State(place, null);
                if (isNew)
                {
                    await SwapAsync(sockets);
                    sockets = null;
                }
                string[] notes = place is null ? [] : [$"so that systemd-resolved asks there: {NameServerPlace.ResolvedCommand($"{place}")}"];
                return reply with { Steps = [.. reply.Steps, .. steps], Notes = [.. reply.Notes, .. notes] };
            }
            catch
            {
                _parts.Files.Delete(Staged);
                sockets?.Dispose();
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watched;
        await SwapAsync(null);
        _end.Dispose();
        _gate.Dispose();
    }

    private string Staged => $"{_parts.Home.NameServer}.new";

    private async Task WatchAsync()
    {
        using PeriodicTimer timer = new(BetweenTries);
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
            {
                await _gate.WaitAsync(_end.Token);
                try
                {
                    TryServe();
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }

    private void TryServe()
    {
        if (_state.Wanted is not { } place || _server is not null)
        {
            return;
        }
        try
        {
            _server = new NameServer(NameSockets.Open(place), _names, _counts);
            _state = new State(place, null);
            _parts.Log.Write($"names are answered at {place}");
        }
        catch (SocketException problem)
        {
            if (_state.Problem is null)
            {
                _parts.Log.Write($"names cannot be answered at {place}: {problem.Message}");
            }
            _state = new State(place, NameServerErrors.Reason(place, problem));
        }
    }

    private async Task SwapAsync(NameSockets? sockets)
    {
        NameServer? before = _server;
        _server = sockets is null ? null : new NameServer(sockets, _names, _counts);
        if (before is not null)
        {
            await before.DisposeAsync();
        }
    }

    private static NameSockets Open(IPEndPoint place)
    {
        try
        {
            return NameSockets.Open(place);
        }
        catch (SocketException problem)
        {
            throw new WeftException(NameServerErrors.Of(place, problem));
        }
    }

    /// <summary>What a person may have edited, too: what makes no sense is logged and taken as off.</summary>
    private IPEndPoint? ReadPlace()
    {
        string file = _parts.Home.NameServer;
        try
        {
            string text = _parts.Files.Exists(file) ? _parts.Files.Read(file).Trim() : "";
            if (text.Length == 0)
            {
                return null;
            }
            if (NameServerPlace.TryParse(text, out IPEndPoint place, out string cause))
            {
                return place;
            }
            _parts.Log.Write($"{file} says '{text}': {cause}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            _parts.Log.Write($"{file} cannot be read: {problem.Message}");
        }
        return null;
    }

    private void Stage(IPEndPoint? place) => Write(() => _parts.Files.Write(Staged, place is null ? "" : $"{place}\n"));

    private void Commit() => Write(() =>
    {
        _parts.Files.Rename(Staged, _parts.Home.NameServer);
        _parts.Files.SyncFolder(_parts.Home.State);
    });

    private void Write(Action work)
    {
        try
        {
            work();
        }
        catch (IOException problem)
        {
            throw new WeftException(StoreErrors.Of(problem, _parts.Home));
        }
    }

    private static IPEndPoint Parse(string text) => NameServerPlace.TryParse(text, out IPEndPoint place, out string cause) ? place
        : throw new WeftException(NameServerPlace.Refused(text, cause));

    private sealed record State(IPEndPoint? Wanted, string? Problem);
}
