using System.Net;
using System.Text;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Daemon;
using Weft.Daemon.Api;
using Weft.Daemon.Control;
using Weft.Daemon.Store;
using Weft.Daemon.Workers;
using Weft.Linux;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Planning;

namespace Weft.Tests.Daemon;

/// <summary>A weftd in this process, in a home of its own, with fake workers and the real API on a real socket.</summary>
internal sealed class TestDaemon : IStoreFiles, ITapSource, IDisposable
{
    private readonly DiskFiles _disk = new();
    private CancellationTokenSource _end = new();
    private Task _served = Task.CompletedTask;

    /// <param name="name">What the name of its home begins with.</param>
    public TestDaemon(ApiLimits? limits = null, string name = "weft-")
    {
        Limits = limits ?? ApiLimits.Here();
        Home = new HomeFolder(Directory.CreateTempSubdirectory(name).FullName);
        Directory.CreateDirectory(Home.Ports);
        Keepers = new FakeKeepers(Home);
        Start(awaitUp: true);
    }

    public HomeFolder Home { get; }

    public FakeKeepers Keepers { get; }

    public ApiLimits Limits { get; }

    public FakeWorker Worker => Keepers.Worker!;

    public List<HostRoute> Routes { get; } = [];

    /// <summary>Answer to a TAP: a negated errno, or 0 to give a descriptor.</summary>
    public int TapError { get; set; }

    /// <summary>The next write of this many is refused as on a full disk; 0: none.</summary>
    public int FullAtWrite { get; set; }

    /// <summary>How that write fails.</summary>
    public Exception FullProblem { get; set; } = new IOException("no space left on device", Errno.ENOSPC);

    public ApiClient Client { get; private set; } = null!;

    public void Start(bool awaitUp)
    {
        _end = new CancellationTokenSource();
        DaemonParts parts = new(Home, this, Keepers, this, () => Routes) { Log = new DaemonLog(Home.Log), Limits = Limits };
        _served = Task.Run(() => DaemonProcess.ServeAsync(parts, awaitUp, _end.Token));
        for (int i = 0; !ApiClient.Answers(Home); i++)
        {
            Assert.False(_served.IsCompleted, _served.Exception?.ToString());
            Assert.True(i < 3000, "weftd did not start");
            Thread.Sleep(10);
        }
        Client = new ApiClient(Home);
    }

    /// <summary>Ends weftd alone.</summary>
    public void Stop()
    {
        _end.Cancel();
        Assert.True(_served.Wait(TimeSpan.FromSeconds(30)));
        Client.Dispose();
    }

    public bool WaitForEnd() => _served.Wait(TimeSpan.FromSeconds(30));

    public ChangeReply Up(string? text, string file = "lab.weft.yml") =>
        Client.Post(ApiPaths.Up, new UpRequest(text, file), ApiJson.Default.UpRequest, ApiJson.Default.ChangeReply);

    public ChangeReply AddForward(string forward) =>
        Client.Post(ApiPaths.Forwards, new ForwardRequest(forward), ApiJson.Default.ForwardRequest, ApiJson.Default.ChangeReply);

    public PlanDocument Plan(string? text, string file = "lab.weft.yml") =>
        Client.Post(ApiPaths.Plan, new UpRequest(text, file), ApiJson.Default.UpRequest, ApiJson.Default.PlanDocument);

    public ExportDocument Export() => Client.Get(ApiPaths.Export, ApiJson.Default.ExportDocument);

    public HistoryItem[] History() => Client.Get(ApiPaths.History, ApiJson.Default.HistoryDocument).Items;

    public ChangeReply Undo(long? number = null) => Client.Post(ApiPaths.UndoOf(number), ApiJson.Default.ChangeReply);

    public StatusDocument Status() => Client.Get(ApiPaths.Status, ApiJson.Default.StatusDocument);

    /// <summary>A request with a body as a client may write it.</summary>
    public (int Status, string Text) Send(string method, string path, string? body) =>
        HttpExchange.Send(Home.ApiSocket, method, path, body is null ? null : Encoding.UTF8.GetBytes(body));

    /// <summary>The same, of a change that is not refused.</summary>
    public ChangeReply Changed(string method, string path, string? body)
    {
        (int status, string text) = Send(method, path, body);
        Assert.True(status == 200, text);
        return JsonSerializer.Deserialize(text, ApiJson.Default.ChangeReply)!;
    }

    /// <summary>Everything under state/ but the journal and the history.</summary>
    public Dictionary<string, string> StoredFiles() => Directory.GetFiles(Home.State, "*.json*", SearchOption.AllDirectories)
        .Where(f => !f.Contains("/history/", StringComparison.Ordinal))
        .ToDictionary(f => Path.GetRelativePath(Home.State, f), File.ReadAllText);

    public void Dispose()
    {
        Stop();
        Keepers.Dispose();
        Directory.Delete(Home.Path, recursive: true);
    }

    int ITapSource.Open(PlanePort port, int mtu, out string problem)
    {
        problem = "open TAP";
        return TapError != 0 ? TapError : FileCalls.Open("/dev/null", FileCalls.ReadWrite);
    }

    void IStoreFiles.Write(string path, string content)
    {
        RefuseWhenFull();
        _disk.Write(path, content);
    }

    void IStoreFiles.Append(string path, string content)
    {
        RefuseWhenFull();
        _disk.Append(path, content);
    }

    void IStoreFiles.MakeFolder(string folder) => _disk.MakeFolder(folder);

    string[] IStoreFiles.List(string folder) => _disk.List(folder);

    bool IStoreFiles.Exists(string path) => _disk.Exists(path);

    string IStoreFiles.Read(string path) => _disk.Read(path);

    long IStoreFiles.Length(string path) => _disk.Length(path);

    void IStoreFiles.Truncate(string path, long length) => _disk.Truncate(path, length);

    void IStoreFiles.Rename(string from, string to) => _disk.Rename(from, to);

    void IStoreFiles.Delete(string path) => _disk.Delete(path);

    void IStoreFiles.SyncFolder(string folder) => _disk.SyncFolder(folder);

    private void RefuseWhenFull()
    {
        if (FullAtWrite > 0 && --FullAtWrite == 0)
        {
            throw FullProblem;
        }
    }
}
