using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weft.Daemon.Names;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Daemon.Api;

/// <summary>The address of <c>weft resolve</c>.</summary>
internal sealed class NameRoutes(ResolveReader reader)
{
    public void Map(Routes routes, IEndpointRouteBuilder app) => routes.Answer(app, HttpMethods.Get, ObjectPaths.Resolve, context =>
    {
        string name = context.Request.Query["name"].ToString();
        return name.Length > 0
            ? Task.FromResult(Routes.Json(reader.Read(name, context.Request.Query["network"].FirstOrDefault()), ObjectJson.Default.ResolvedList))
            : throw new WeftException(new WeftError(ErrorCode.BadRequest, "no name was asked for", $"{ObjectPaths.Resolve} wants ?name=", "weft resolve host"));
    });
}
