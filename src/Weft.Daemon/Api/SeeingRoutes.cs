using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Weft.Daemon.Captures;
using Weft.Daemon.Events;
using Weft.Daemon.Metrics;
using Weft.Model.Api;

namespace Weft.Daemon.Api;

/// <summary>The addresses of what shows: captures and events as streams, metrics.</summary>
/// <param name="end">The daemon ends: streams are over.</param>
internal sealed class SeeingRoutes(Routes routes, Seeing seeing, ApiLimits limits, CancellationToken end)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly StreamPlaces _places = new(limits);

    public void Map(IEndpointRouteBuilder app)
    {
        routes.Answer(app, HttpMethods.Post, ApiPaths.Captures, FollowAsync(CaptureAsync));
        routes.Answer(app, HttpMethods.Get, ApiPaths.Captures, _ =>
            Task.FromResult(Routes.Json(new CaptureList(seeing.Captures.All), ApiJson.Default.CaptureList)));
        routes.Answer(app, HttpMethods.Get, ApiPaths.Capture, c => Task.FromResult(Of(Find(c))));
        routes.Answer(app, HttpMethods.Delete, ApiPaths.Capture, c =>
        {
            RunningCapture capture = Find(c);
            capture.Stop("it was stopped");
            return Task.FromResult(Of(capture));
        });
        routes.Answer(app, HttpMethods.Get, ApiPaths.Events, FollowAsync(TellAsync));
        routes.Answer(app, HttpMethods.Get, ApiPaths.EventLog, _ =>
            Task.FromResult(Routes.Json(new EventList(seeing.Events.Latest), ApiJson.Default.EventList)));
        routes.Answer(app, HttpMethods.Get, ApiPaths.Metrics, _ =>
            Task.FromResult(new Routes.Reply(StatusCodes.Status200OK, seeing.Metrics.Read(), MetricsText.ContentType)));
    }

    private static Routes.Reply Of(RunningCapture capture) => Routes.Json(capture.Document, ApiJson.Default.CaptureDocument);

    private RunningCapture Find(HttpContext context) => seeing.Captures.Find(context.GetRouteValue("id") as string);

    /// <summary>A stream is its own answer.</summary>
    private Func<HttpContext, Task<Routes.Reply>> FollowAsync(Func<HttpContext, Task> stream) => async context =>
    {
        await _places.HoldAsync(() => stream(context));
        return default;
    };

    private async Task CaptureAsync(HttpContext context)
    {
        RunningCapture capture = seeing.Captures.Open(await Routes.BodyAsync(context, ApiJson.Default.CaptureRequest));
        context.Response.ContentType = "application/x-pcapng";
        context.Response.Headers["Weft-Capture"] = capture.Id.ToString(CultureInfo.InvariantCulture);
        try
        {
            await BeginAsync(context);
            await capture.WriteAsync(context.Response.BodyWriter, context.RequestAborted);
        }
        finally
        {
            capture.End();
            seeing.Captures.Ended(capture);
        }
    }

    /// <summary>Server-sent events (WHATWG HTML §9.2): one that is read too slowly loses some and says so, one that is not read any more
    /// is ended; "Last-Event-ID" or "?since=" takes up where a broken connection ended.</summary>
    private async Task TellAsync(HttpContext context)
    {
        string since = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } last ? last : context.Request.Query["since"].ToString();
        using EventReader reader = seeing.Events.Open(long.TryParse(since, CultureInfo.InvariantCulture, out long id) ? id : null);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        await BeginAsync(context);
        using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, end);
        try
        {
            while (true)
            {
                EventDocument? next = await reader.NextAsync(Heartbeat, over.Token);
                over.CancelAfter(limits.Patience);
                await context.Response.BodyWriter.WriteAsync(next is null ? ": still here\n\n"u8.ToArray() : Encode(next), over.Token);
                over.CancelAfter(Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException)
        {
            // A write that was given up has the server end the connection.
        }
    }

    private static byte[] Encode(EventDocument what) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"id: {what.Id}\nevent: {what.Kind}\ndata: {JsonSerializer.Serialize(what, ApiJsonLines.Default.EventDocument)}\n\n"));

    /// <summary>Headers go out at once, and nobody hurries the reader.</summary>
    private static async Task BeginAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
        await context.Response.StartAsync();
        await context.Response.BodyWriter.FlushAsync();
    }
}
