using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weft.Daemon.Control;
using Weft.Daemon.Names;
using Weft.Daemon.Status;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Api.Description;
using Weft.Model.Errors;

namespace Weft.Daemon.Api;

/// <summary>The API: address by address. Bodies are JSON by generated code; every refusal is a <see cref="WeftError"/>.</summary>
internal sealed partial class Routes(Steward steward, StatusReader status, DaemonLog log, Action end)
{
    public required HostNames Names { get; init; }

    public void Map(IEndpointRouteBuilder app)
    {
        AnswerFile(app, ApiPaths.Up, async (c, file) =>
            Json(await Names.UpAsync(file, () => steward.UpAsync(file, c.RequestAborted), c.RequestAborted), ApiJson.Default.ChangeReply));
        Answer(app, HttpMethods.Post, ApiPaths.Down, DownAsync);
        Answer(app, HttpMethods.Post, ApiPaths.Shutdown, ShutdownAsync);
        Answer(app, HttpMethods.Get, ApiPaths.Status, async _ => Json(await status.ReadAsync(), ApiJson.Default.StatusDocument));
        Answer(app, HttpMethods.Get, ApiPaths.Forwards, _ => Task.FromResult(Json(ListForwards(), ApiJson.Default.ForwardList)));
        Answer(app, HttpMethods.Post, ApiPaths.Forwards, AddForwardAsync);
        Answer(app, HttpMethods.Delete, ApiPaths.Forwards, RemoveForwardAsync);
        Answer(app, HttpMethods.Post, ApiPaths.Plug, c => PlugAsync(c, true));
        Answer(app, HttpMethods.Post, ApiPaths.Unplug, c => PlugAsync(c, false));
        Answer(app, HttpMethods.Get, ApiPaths.Args, c => Task.FromResult(Args(c)));
        Answer(app, HttpMethods.Get, ApiPaths.Description, _ => Task.FromResult(new Reply(StatusCodes.Status200OK, Encoding.UTF8.GetBytes(OpenApi.Text))));
        new ObjectRoutes(this, steward).Map(app);
        MapChanges(app);
    }

    private async Task<Reply> DownAsync(HttpContext context)
    {
        await steward.DownAsync(context.RequestAborted);
        return EndAfter(context);
    }

    private Task<Reply> ShutdownAsync(HttpContext context) => Task.FromResult(EndAfter(context));

    /// <summary>The last answer of this daemon. The connection closes with it: an idle one would hold up the end.</summary>
    private Reply EndAfter(HttpContext context)
    {
        context.Response.Headers.Connection = "close";
        context.Response.OnCompleted(() =>
        {
            end();
            return Task.CompletedTask;
        });
        return Json(new DownReply(Environment.ProcessId), ApiJson.Default.DownReply);
    }

    private ForwardList ListForwards() => new([.. steward.View.Topology.Forwards.Select(ForwardDocument.Of)]);

    private async Task<Reply> AddForwardAsync(HttpContext context)
    {
        ForwardRequest request = await BodyAsync(context, ApiJson.Default.ForwardRequest);
        if (Forward.TryParseGuestSide(request.Forward ?? "", out Forward guestSide))
        {
            return Json(await steward.AddForwardAtFreePortAsync(guestSide, context.RequestAborted), ApiJson.Default.ChangeReply);
        }
        return Forward.TryParse(request.Forward ?? "", out Forward forward, out string cause)
            ? Json(await steward.AddForwardAsync(forward, context.RequestAborted), ApiJson.Default.ChangeReply)
            : throw new WeftException(new WeftError(ErrorCode.BadForward, $"'{request.Forward}' is not a forward", cause,
                "weft forward add 8080:alpha:80/tcp"));
    }

    private async Task<Reply> RemoveForwardAsync(HttpContext context)
    {
        string text = context.Request.Query["forward"].ToString();
        return Forward.TryParseKey(text, out string key)
            ? Json(await steward.RemoveForwardAsync(key, context.RequestAborted), ApiJson.Default.ChangeReply)
            : throw new WeftException(new WeftError(ErrorCode.BadForward, $"'{text}' names no forward",
                "a forward is named by [ADDR:]HOST-PORT[/tcp|udp]", "weft forward ls"));
    }

    private async Task<Reply> PlugAsync(HttpContext context, bool plugged)
    {
        string vm = context.GetRouteValue("vm") as string ?? "";
        _ = int.TryParse(context.GetRouteValue("number") as string, out int number);
        return Json(await steward.PlugAsync(vm, number, plugged, context.RequestAborted), ApiJson.Default.ChangeReply);
    }

    private Reply Args(HttpContext context)
    {
        string vm = context.GetRouteValue("vm") as string ?? "";
        string purpose = context.Request.Query["for"].ToString();
        return Json(new ArgsDocument(vm, purpose, steward.AttachLinesOf(vm, purpose, GuestWords.Told(context.Request.Query))), ApiJson.Default.ArgsDocument);
    }

    internal void Answer(IEndpointRouteBuilder app, string method, string path, Func<HttpContext, Task<Reply>> work) =>
        app.MapMethods(path, [method], (RequestDelegate)(context => AnswerAsync(context, work)));

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<Reply>> work)
    {
        Reply reply;
        try
        {
            reply = PeerCheck.IsAllowed(context) ? await work(context) : Refuse(PeerCheck.Refusal);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // nobody is there to be answered
        }
        catch (WeftException problem) when (problem.Error.Code == ErrorCode.Busy)
        {
            reply = Refuse(problem.Error); // who floods us does not flood the log
        }
        catch (WeftException problem)
        {
            log.Write($"{context.Request.Method} {context.Request.Path}: {problem.Error.Code} {problem.Error.Message}");
            reply = Refuse(problem.Error);
        }
        catch (JsonException problem)
        {
            reply = Refuse(new WeftError(ErrorCode.BadRequest, "the request's body is not what was expected",
                problem.Message.ReplaceLineEndings(" "), "weft status"));
        }
        catch (BadHttpRequestException problem)
        {
            reply = Refuse(OfBody(problem));
        }
        catch (Exception bug) when (bug is not OperationCanceledException)
        {
            log.Write(bug.ToString());
            reply = Refuse(new WeftError(ErrorCode.Internal, "weftd failed to answer",
                $"{bug.GetType().Name}: {bug.Message.ReplaceLineEndings(" ")}", "weft status"));
        }
        if (context.Response.HasStarted)
        {
            return; // a stream, which is its own answer
        }
        if (reply.Status == ErrorStatus.TooManyRequests)
        {
            context.Response.Headers.RetryAfter = "1";
        }
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = reply.Type;
        context.Response.ContentLength = reply.Body.Length;
        await context.Response.BodyWriter.WriteAsync(reply.Body);
    }

    private static Reply Refuse(WeftError error) => Json(error, ApiJson.Default.WeftError, ErrorStatus.Of(error));

    internal static Reply Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <param name="Type">Of the content; JSON unless it is said.</param>
    internal readonly record struct Reply(int Status, byte[] Body, string Type = "application/json");
}
