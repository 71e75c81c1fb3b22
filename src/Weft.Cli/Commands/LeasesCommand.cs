using System.CommandLine;
using System.Globalization;
using Weft.Cli.Client;
using Weft.Cli.Completion;
using Weft.Cli.Output;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft leases [NET]</c>: who has which address, and for how long.</summary>
internal static class LeasesCommand
{
    private static readonly Column<LeaseDocument>[] Columns =
    [
        new("ADDRESS", lease => lease.Address),
        new("NETWORK", lease => lease.Network),
        new("NIC", lease => lease.Nic),
        new("HOSTNAME", lease => lease.HostName),
        new("MAC", lease => lease.Mac),
        new("ENDS IN", lease => Left(lease.Expires)),
        new("EXPIRES", lease => lease.Expires, Wide: true),
    ];

    public static Command Create()
    {
        Argument<string?> network = new Argument<string?>("NET") { Arity = ArgumentArity.ZeroOrOne, Description = "On this network alone" }
            .Complete(names => names.Networks);
        Option<string> output = FormOption.Create();
        Command command = new("leases", "List the addresses that DHCP has given out") { network, output };
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            string json = client.GetText(ObjectPaths.LeasesOf(parsed.GetValue(network)));
            return Shown.List(FormOption.Of(parsed, output), json, ObjectJson.Default.LeaseList, lease => lease.Address, Columns);
        });
        return command;
    }

    private static string Left(string? expires) => expires is null
        ? "never"
        : Units.Duration(Math.Max(0, (DateTimeOffset.Parse(expires, CultureInfo.InvariantCulture) - DateTimeOffset.UtcNow).TotalSeconds));
}
