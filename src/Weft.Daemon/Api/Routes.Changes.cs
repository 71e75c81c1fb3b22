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
        AnswerFile(app, ApiPaths.Apply, async (c, file) => Json(await steward.ApplyAsync(file, c.RequestAborted), ApiJson.Default.ChangeReply));
        AnswerFile(app, ApiPaths.Plan, async (c, file) => Json(await steward.PlanAsync(file, c.RequestAborted), ApiJson.Default.PlanDocument));
        Answer(app, HttpMethods.Get, ApiPaths.Export, async c => Json(await steward.ExportAsync(c.RequestAborted), ApiJson.Default.ExportDocument));
        Answer(app, HttpMethods.Get, ApiPaths.History, async c => Json(await steward.HistoryAsync(c.RequestAborted), ApiJson.Default.HistoryDocument));
        Answer(app, HttpMethods.Get, ApiPaths.Change,
            async c => Json(await steward.DifferenceAsync(NumberOf(c.GetRouteValue("number") as string), c.RequestAborted), ApiJson.Default.PlanDocument));
        Answer(app, HttpMethods.Post, ApiPaths.Undo, async c =>
            Json(await steward.UndoAsync(c.Request.Query["change"] is [var number] ? NumberOf(number) : null, c.RequestAborted), ApiJson.Default.ChangeReply));
    }

    /// <summary>No change has number 0.</summary>
    private static long NumberOf(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
