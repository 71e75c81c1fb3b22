using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Daemon.Api;

/// <summary>
/// What requests bring with them. Of large bodies a few are in memory at a time; who brings another waits with it, at the other end of
/// the socket.
/// </summary>
internal sealed partial class Routes
{
    /// <summary>Of a topology: as many characters as there can be, each written as \uXXXX.</summary>
    internal const long MostOfFile = 7 << 20;

    /// <summary>What needs no place among the large ones: eight NICs with all that can be said of each are a fifth of it.</summary>
    internal const long MostOfObject = 64 << 10;

    private const int LargeAtOnce = 4;

    private readonly SemaphoreSlim _largeBodies = new(LargeAtOnce, LargeAtOnce);

    internal static async Task<T> BodyAsync<T>(HttpContext context, JsonTypeInfo<T> type)
    {
        Bound(context, MostOfObject);
        return await ReadAsync(context, type);
    }

    /// <summary>The text of an object; one that is too large for it is read, and refused by its reader.</summary>
    internal static async Task<string> TextAsync(HttpContext context)
    {
        if (context.Request.ContentLength is null)
        {
            Bound(context, MostOfObject);
        }
        using StreamReader reader = new(context.Request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync(context.RequestAborted);
    }

    /// <summary>A request that brings a topology file.</summary>
    private void AnswerFile(IEndpointRouteBuilder app, string path, Func<HttpContext, UpRequest, Task<Reply>> work)
    {
        Answer(app, HttpMethods.Post, path, context => context.Request.ContentLength <= MostOfObject
            ? ReadAndDoAsync(context)
            : InPlaceAsync(context, () => ReadAndDoAsync(context)));

        async Task<Reply> ReadAndDoAsync(HttpContext context) => await work(context, await ReadAsync(context, ApiJson.Default.UpRequest));
    }

    /// <summary>A change whose body may be large though it has no reason to be.</summary>
    internal Task<Reply> WithRoomAsync(HttpContext context, Func<Task<Reply>> work) =>
        context.Request.ContentLength > MostOfObject ? InPlaceAsync(context, work) : work();

    private async Task<Reply> InPlaceAsync(HttpContext context, Func<Task<Reply>> work)
    {
        await _largeBodies.WaitAsync(context.RequestAborted);
        try
        {
            return await work();
        }
        finally
        {
            _largeBodies.Release();
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type) =>
        await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted) ?? throw new JsonException("empty");

    private static void Bound(HttpContext context, long bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = bytes;
        }
    }

    /// <summary>What the server finds wrong with a body while it is read: too long, too slow, broken off.</summary>
    private static WeftError OfBody(BadHttpRequestException problem) => problem.StatusCode == StatusCodes.Status413PayloadTooLarge
        ? new WeftError(ErrorCode.FileTooLarge, "the request's body is too large",
            $"a topology file has up to {MostOfFile >> 20} MiB here, a few words up to {MostOfObject >> 10} KiB", "weft status")
        : new WeftError(ErrorCode.BadRequest, "the request's body is not what was expected", problem.Message.ReplaceLineEndings(" "), "weft status");
}
