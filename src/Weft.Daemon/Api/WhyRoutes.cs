using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weft.Daemon.Why;
using Weft.Model.Api;

namespace Weft.Daemon.Api;

/// <summary>The address of <c>weft why</c>.</summary>
internal sealed class WhyRoutes(WhyReader why)
{
    public void Map(Routes routes, IEndpointRouteBuilder app) => routes.Answer(app, HttpMethods.Get, ApiPaths.Why, async context =>
    {
        IQueryCollection query = context.Request.Query;
        return Routes.Json(await why.ReadAsync(query["from"].ToString(), query["to"].ToString(), query["for"].ToString()), ApiJson.Default.WhyDocument);
    });
}
