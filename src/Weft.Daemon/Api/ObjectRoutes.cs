using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Weft.Daemon.Control;
using Weft.Daemon.Status;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Editing;

namespace Weft.Daemon.Api;

/// <summary>
/// Networks, VMs and NICs as resources: GET reads one as it is wanted and stands; POST makes one that is not there, PUT makes
/// it what the body says, PATCH changes the keys of the body (RFC 7396), DELETE takes it away and is fine with its absence.
/// </summary>
internal sealed class ObjectRoutes(Routes routes, Steward steward)
{
    private delegate Edited Edit(Topology topology, string body);

    public void Map(IEndpointRouteBuilder app)
    {
        MapNetworks(app);
        MapVms(app);
        MapNics(app);
        Get(app, ObjectPaths.Leases, (c, objects) => objects.Leases(Query(c, "network")), ObjectJson.Default.LeaseList);
        MapNames(app);
        Get(app, ObjectPaths.Names, (_, objects) => objects.Names(), ObjectJson.Default.NameDocument);
    }

    private void MapNetworks(IEndpointRouteBuilder app)
    {
        Get(app, ObjectPaths.Networks, (_, objects) => objects.Networks(), ObjectJson.Default.NetworkList);
        Get(app, ObjectPaths.Network, (c, objects) => objects.Network(Value(c, "name")), ObjectJson.Default.NetworkObject);
        Change(app, HttpMethods.Post, ObjectPaths.Network, "net create {name}",
            c => (t, body) => NetworkEdits.Create(t, Value(c, "name"), body, Flag(c, ObjectPaths.IfMissing)));
        Change(app, HttpMethods.Put, ObjectPaths.Network, "net set {name}", c => (t, body) => NetworkEdits.Put(t, Value(c, "name"), body));
        Change(app, HttpMethods.Patch, ObjectPaths.Network, "net set {name}", c => (t, body) => NetworkEdits.Patch(t, Value(c, "name"), body));
        Change(app, HttpMethods.Delete, ObjectPaths.Network, "net rm {name}",
            c => (t, _) => NetworkEdits.Remove(t, Value(c, "name"), Flag(c, ObjectPaths.Force)));
    }

    private void MapNames(IEndpointRouteBuilder app)
    {
        Get(app, ObjectPaths.Dns, (c, objects) => objects.DnsNames(Query(c, "network")), ObjectJson.Default.DnsNameList);
        Change(app, HttpMethods.Put, ObjectPaths.Name, "dns set {name} {host}", c => (t, body) => NameEdits.Set(t, Value(c, "name"), Value(c, "host"), body));
        Change(app, HttpMethods.Delete, ObjectPaths.Name, "dns rm {name} {host}", c => (t, _) => NameEdits.Remove(t, Value(c, "name"), Value(c, "host")));
    }

    private void MapVms(IEndpointRouteBuilder app)
    {
        Get(app, ObjectPaths.Vms, (_, objects) => objects.Vms(), ObjectJson.Default.VmList);
        Get(app, ObjectPaths.Vm, (c, objects) => objects.Vm(Value(c, "vm")), ObjectJson.Default.VmObject);
        Change(app, HttpMethods.Post, ObjectPaths.Vm, "vm create {vm}",
            c => (t, body) => VmEdits.Create(t, Value(c, "vm"), body, Flag(c, ObjectPaths.IfMissing)));
        Change(app, HttpMethods.Put, ObjectPaths.Vm, "vm set {vm}", c => (t, body) => VmEdits.Put(t, Value(c, "vm"), body));
        Change(app, HttpMethods.Patch, ObjectPaths.Vm, "vm set {vm}", c => (t, body) => VmEdits.Patch(t, Value(c, "vm"), body));
        Change(app, HttpMethods.Delete, ObjectPaths.Vm, "vm rm {vm}", c => (t, _) => VmEdits.Remove(t, Value(c, "vm")));
    }

    private void MapNics(IEndpointRouteBuilder app)
    {
        Get(app, ObjectPaths.Nics, (_, objects) => objects.Nics(null), ObjectJson.Default.NicList);
        Get(app, ObjectPaths.NicsOfVm, (c, objects) => objects.Nics(Value(c, "vm")), ObjectJson.Default.NicList);
        Get(app, ObjectPaths.Nic, (c, objects) => objects.Nic(Value(c, "vm"), Number(c)), ObjectJson.Default.NicObject);
        Change(app, HttpMethods.Post, ObjectPaths.NicsOfVm, "nic add {vm}", c => (t, body) => NicEdits.Add(t, Value(c, "vm"), body));
        Change(app, HttpMethods.Put, ObjectPaths.Nic, "nic set {vm}:{number}", c => (t, body) => NicEdits.Put(t, Value(c, "vm"), Number(c), body));
        Change(app, HttpMethods.Patch, ObjectPaths.Nic, "nic set {vm}:{number}", c => (t, body) => NicEdits.Patch(t, Value(c, "vm"), Number(c), body));
        Change(app, HttpMethods.Delete, ObjectPaths.Nic, "nic rm {vm}:{number}", c => (t, _) => NicEdits.Remove(t, Value(c, "vm"), Number(c)));
    }

    private void Get<T>(IEndpointRouteBuilder app, string path, Func<HttpContext, ObjectsReader, T> read, JsonTypeInfo<T> type) =>
        routes.Answer(app, HttpMethods.Get, path,
            c => Task.FromResult(Routes.Json(ObjectsReader.Read(steward.View, objects => read(c, objects)), type)));

    /// <param name="command">What does the same from a command line, for the history.</param>
    private void Change(IEndpointRouteBuilder app, string method, string path, string command, Func<HttpContext, Edit> edit) =>
        routes.Answer(app, method, path, c => routes.WithRoomAsync(c, async () =>
        {
            Edit change = edit(c);
            string body = await Routes.TextAsync(c);
            string why = c.Request.RouteValues.Aggregate(command, (words, value) => words.Replace($"{{{value.Key}}}", value.Value as string));
            return Routes.Json(await steward.EditAsync(why, topology => change(topology, body), c.RequestAborted), ApiJson.Default.ChangeReply);
        }));

    private static string Value(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    private static int Number(HttpContext context) => int.TryParse(Value(context, "number"), out int number) ? number : 0;

    private static string? Query(HttpContext context, string name) => context.Request.Query[name].FirstOrDefault();

    private static bool Flag(HttpContext context, string name) => Query(context, name) is { } value && value != "false";
}
