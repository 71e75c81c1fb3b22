using System.CommandLine;
using System.Text.Json.Nodes;
using Weft.Cli.Client;
using Weft.Cli.Completion;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft dns set|rm|ls</c>: static names of networks, while they run, and every name that routers answer.</summary>
internal static class DnsCommand
{
    private static readonly Column<DnsNameDocument>[] Columns =
    [
        new("NAME", n => n.Name),
        new("ADDRESSES", n => string.Join(',', n.Addresses)),
        new("NETWORK", n => n.Network),
        new("SOURCE", n => n.Source),
        new("FULL NAME", n => n.Name.Contains('.') ? n.Name : $"{n.Name}.{DnsNames.Zone}", Wide: true),
    ];

    public static Command Create() => new("dns", "Names that routers answer") { CreateSet(), CreateRemove(), CreateList() };

    private static Command CreateSet()
    {
        Argument<string> network = NameArgument.Network("NET", "The network whose router answers");
        Argument<string> name = NameArgument.Static("A label like printer, which is printer.weft.internal too, or a full name like api.example.test");
        Argument<string[]> addresses = new("ADDRESS")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = $"An IPv4 address, anywhere; up to {StaticName.MostAddresses}, which take the place of those that the name has",
        };
        Command command = new("set", "Give a network a static name, or other addresses to one") { network, name, addresses };
        command.SetAction(parsed => NetCommand.Change(HomeOption.Of(parsed), "PUT",
            ObjectPaths.NameOf(parsed.GetValue(network)!, parsed.GetValue(name)!), Json(parsed.GetValue(addresses)!)));
        return command;
    }

    private static Command CreateRemove()
    {
        Argument<string> network = NameArgument.Network("NET", "The network whose router answers");
        Argument<string> name = NameArgument.Static("The static name");
        Command command = new("rm", "Remove a static name") { network, name };
        command.Aliases.Add("remove");
        command.SetAction(parsed => NetCommand.Change(HomeOption.Of(parsed), "DELETE",
            ObjectPaths.NameOf(parsed.GetValue(network)!, parsed.GetValue(name)!), null));
        return command;
    }

    private static Command CreateList()
    {
        Argument<string?> network = new Argument<string?>("NET") { Arity = ArgumentArity.ZeroOrOne, Description = "Of this network alone" }
            .Complete(names => names.Networks);
        Option<string> output = FormOption.Create();
        Command command = new("ls", "List every name that routers answer: static ones, VMs, what guests call themselves, their own") { network, output };
        command.Aliases.Add("list");
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            string json = client.GetText(ObjectPaths.DnsOf(parsed.GetValue(network)));
            return Shown.List(FormOption.Of(parsed, output), json, ObjectJson.Default.DnsNameList, n => n.Name, Columns);
        });
        return command;
    }

    private static string Json(string[] addresses)
    {
        JsonNode[] all = [.. addresses.Select(a => (JsonNode)JsonValue.Create(a))];
        return all.Length == 1 ? all[0].ToJsonString() : new JsonArray(all).ToJsonString();
    }
}
