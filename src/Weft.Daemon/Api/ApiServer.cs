using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Weft.Daemon.Control;
using Weft.Daemon.Names;
using Weft.Daemon.Status;
using Weft.Daemon.Why;
using Weft.Model;

namespace Weft.Daemon.Api;

/// <summary>
/// The HTTP server on the home's unix socket. It is built empty: no configuration files, environment or console of
/// wherever the daemon happens to be started.
/// </summary>
internal sealed class ApiServer : IAsyncDisposable
{
    /// <summary>Waiting to be accepted; the kernel takes no more than net.core.somaxconn.</summary>
    private const int Backlog = 4096;

    private readonly WebApplication _app;
    private readonly string _socket;
    private readonly Seeing _seeing;
    private readonly HostNames _names;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();

    public ApiServer(DaemonParts parts, Steward steward)
    {
        _socket = parts.Home.ApiSocket;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = parts.Home.Path });
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.AddProvider(new LogProvider(parts.Log)).SetMinimumLevel(LogLevel.Warning));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(parts.Home.ApiSocket, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(kestrel.ApplicationServices.GetRequiredService<BoundedListeners>().ServeAsync);
            });
            kestrel.AddServerHeader = false;
            Bound(kestrel.Limits, parts.Limits);
        });
        builder.Services.AddSingleton(services => new BoundedListeners(
            new SocketTransportFactory(Options.Create(new SocketTransportOptions { Backlog = Backlog }), services.GetRequiredService<ILoggerFactory>()),
            parts.Limits.Connections));
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => services.GetRequiredService<BoundedListeners>());
        _app = builder.Build();
        _ = _end.Task.ContinueWith(_ => _over.Cancel(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _names = new HostNames(parts, steward);
        StatusReader status = new(steward, parts.Home, parts.Time) { Names = _names };
        Routes routes = new(steward, status, parts.Log, () => _end.TrySetResult()) { Names = _names };
        routes.Map(_app);
        _seeing = new Seeing(parts, steward, status, _names);
        new SeeingRoutes(routes, _seeing, parts.Limits, _over.Token).Map(_app);
        new NameRoutes(new ResolveReader(steward)).Map(routes, _app);
        new WhyRoutes(new WhyReader(steward, parts.Time)).Map(routes, _app);
    }

    /// <summary>Ends when a client asked for it.</summary>
    public Task EndAsked => _end.Task;

    /// <summary>Method and path of every route.</summary>
    internal IEnumerable<(string Method, string Path)> Addresses => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints)
        .OfType<RouteEndpoint>().SelectMany(e => e.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(m => (m, e.RoutePattern.RawText!)));

    public async Task StartAsync()
    {
        _names.Start();
        await _app.StartAsync();
        _seeing.Start();
        // Kestrel binds by the umask, which is not ours when a shell starts the daemon.
        File.SetUnixFileMode(_socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Ends as if a client had asked.</summary>
    public void AskEnd() => _end.TrySetResult();

    private static void Bound(KestrelServerLimits server, ApiLimits limits)
    {
        MinDataRate rate = new(ApiLimits.LeastRate, ApiLimits.Grace);
        server.MaxRequestBodySize = Routes.MostOfFile;
        server.MaxRequestBufferSize = Routes.MostOfObject;
        server.KeepAliveTimeout = limits.Silence;
        server.RequestHeadersTimeout = limits.Silence;
        server.MinRequestBodyDataRate = rate;
        server.MinResponseDataRate = rate;
    }

    public async ValueTask DisposeAsync()
    {
        await _names.DisposeAsync();
        await _seeing.StopAsync();
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(1));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }
}
