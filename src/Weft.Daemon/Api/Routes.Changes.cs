using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weft.Model.Api;

namespace Weft.Daemon.Api;

/// <summary>Plans, files and the history.</summary>
internal sealed partial class Routes
{
    private void MapChanges(IEndpointRouteBuilder app)
    {
        Answer(app, HttpMethods.Post, ApiPaths.Apply, async c =>
            Json(await steward.ApplyAsync(await BodyAsync(c, ApiJson.Default.UpRequest)), ApiJson.Default.ChangeReply));
        Answer(app, HttpMethods.Post, ApiPaths.Plan, async c =>
            Json(await steward.PlanAsync(await BodyAsync(c, ApiJson.Default.UpRequest)), ApiJson.Default.PlanDocument));
        Answer(app, HttpMethods.Get, ApiPaths.Export, async _ => Json(await steward.ExportAsync(), ApiJson.Default.ExportDocument));
        Answer(app, HttpMethods.Get, ApiPaths.History, async _ => Json(await steward.HistoryAsync(), ApiJson.Default.HistoryDocument));
        Answer(app, HttpMethods.Get, ApiPaths.Change, async c => Json(await steward.DifferenceAsync(NumberOf(c)), ApiJson.Default.PlanDocument));
        Answer(app, HttpMethods.Post, ApiPaths.Undo, async _ => Json(await steward.UndoAsync(), ApiJson.Default.ChangeReply));
    }

    private static long NumberOf(HttpContext context) =>
        long.TryParse(context.GetRouteValue("number") as string, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
