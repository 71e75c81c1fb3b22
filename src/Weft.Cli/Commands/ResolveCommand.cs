using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Completion;
using Weft.Cli.Output;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft resolve NAME</c>: the addresses of a name, and the ports of the host that lead to them.</summary>
internal static class ResolveCommand
{
    private static readonly Column<ResolvedDocument>[] Columns =
    [
        new("NAME", r => r.Name),
        new("ADDRESS", r => r.Address),
        new("NETWORK", r => r.Network),
        new("SOURCE", r => r.Source),
        new("FROM THE HOST", r => string.Join(", ", r.Forwards.Select(From))),
    ];

    public static Command Create()
    {
        Argument<string> name = new Argument<string>("NAME") { Description = "alpha, alpha.weft.internal, alpha.lab.weft.internal, or an address" }
            .Complete(names => names.Hosts);
        Option<string?> network = new Option<string?>("--network") { HelpName = "NET", Description = "On this network alone" }.Complete(names => names.Networks);
        Option<string> output = FormOption.Create();
        Command command = new("resolve", "Say what a name of a guest leads to, and how the host gets there") { name, network, output };
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            string json = client.GetText(ObjectPaths.ResolveOf(parsed.GetValue(name)!, parsed.GetValue(network)));
            return Shown.List(FormOption.Of(parsed, output), json, ObjectJson.Default.ResolvedList, r => r.Address, Columns);
        });
        return command;
    }

    /// <summary>"127.0.0.1:2222 → 22/tcp".</summary>
    private static string From(ForwardDocument forward) => $"{forward.Key[..forward.Key.LastIndexOf('/')]} → {forward.GuestPort}/{forward.Protocol}";
}
