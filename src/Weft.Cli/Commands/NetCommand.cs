using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft net create|set|start|stop|rm|ls|show</c>: networks, while they run.</summary>
internal static class NetCommand
{
    private static readonly Column<NetworkObject>[] Columns =
    [
        new("NETWORK", n => n.Name),
        new("MODE", n => Setting(n, "mode")),
        new("SUBNET", n => n.Status.Subnet),
        new("GATEWAY", n => n.Status.Gateway),
        new("NICS", n => Units.Count(n.Status.Nics.Length)),
        new("LEASES", n => n.Status.Leases is { } leases ? Units.Count(leases) : null),
        new("STATE", n => n.Status.State),
        new("MTU", n => Setting(n, "mtu"), Wide: true),
        new("POLLING", n => Setting(n, "polling"), Wide: true),
        new("HOST-LOOPBACK", n => Setting(n, "host-loopback"), Wide: true),
        new("MEMBERS", n => string.Join(',', n.Status.Nics), Wide: true),
    ];

    public static Command Create() => new("net", "Networks")
    {
        NetCreateCommand.Create(), CreateSet(), CreateStart("start", "Let a stopped network carry frames again", true),
        CreateStart("stop", "Pull every cable of a network and close its forwards; its definition stays", false), CreateRemove(),
        CreateList(), CreateShow(),
    };

    private static Command CreateSet()
    {
        Argument<string> name = NameArgument.Network();
        Argument<string[]> settings = NameArgument.Settings("mtu=9000 dhcp.lease=600");
        Command command = new("set", "Change settings of a network") { name, settings };
        command.SetAction(parsed =>
        {
            string network = parsed.GetValue(name)!;
            string json = new SettingWords($"weft net show {ShellWord.Of(network)}").Add(parsed.GetValue(settings)!).Json;
            return Change(HomeOption.Of(parsed), "PATCH", ObjectPaths.NetworkOf(network), json);
        });
        return command;
    }

    private static Command CreateStart(string verb, string description, bool started)
    {
        Argument<string> name = NameArgument.Network();
        Command command = new(verb, description) { name };
        command.SetAction(parsed => Change(HomeOption.Of(parsed), "PATCH", ObjectPaths.NetworkOf(parsed.GetValue(name)!),
            started ? "{ \"started\": null }" : "{ \"started\": false }"));
        return command;
    }

    private static Command CreateRemove()
    {
        Argument<string> name = NameArgument.Network();
        Option<bool> force = new("--force") { Description = "Also when NICs are on it: they stay, not attached; forwards into it go" };
        Command command = new("rm", "Remove a network") { name, force };
        command.Aliases.Add("remove");
        command.SetAction(parsed => Change(HomeOption.Of(parsed), "DELETE", ObjectPaths.NetworkOf(parsed.GetValue(name)!,
            parsed.GetValue(force) ? ObjectPaths.Force : null), null));
        return command;
    }

    private static Command CreateList()
    {
        Option<string> output = FormOption.Create();
        Command command = new("ls", "List the networks") { output };
        command.Aliases.Add("list");
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            string json = client.GetText(ObjectPaths.Networks);
            return Shown.List(FormOption.Of(parsed, output), json, ObjectJson.Default.NetworkList, n => n.Name, Columns);
        });
        return command;
    }

    private static Command CreateShow()
    {
        Argument<string> name = NameArgument.Network();
        Option<string> output = FormOption.Create();
        Command command = new("show", "Show one network with all its settings") { name, output };
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            string json = client.GetText(ObjectPaths.NetworkOf(parsed.GetValue(name)!));
            return Shown.One(FormOption.Of(parsed, output), json, ObjectJson.Default.NetworkObject, n => n.Name, Pairs);
        });
        return command;
    }

    /// <summary>Sends a change and tells what it did.</summary>
    public static int Change(HomeFolder home, string method, string path, string? json)
    {
        using ApiClient client = Connection.Require(home);
        ChangeReport.Write(Console.Out, client.Change(method, path, json), "nothing to change");
        return ExitCode.Ok;
    }

    private static (string Key, string? Value)[] Pairs(NetworkObject network)
    {
        NetworkState now = network.Status;
        return
        [
            ("network", network.Name), .. Shown.Settings(network.Spec).Where(s => s.Key is not ("subnet" or "started")),
            ("subnet", now.Subnet), ("gateway", now.Gateway), ("state", now.State),
            ("leases", now.Leases is { } leases ? Units.Count(leases) : null), ("nics", string.Join(", ", now.Nics)),
            ("forwards", string.Join(", ", now.Forwards)),
        ];
    }

    private static string? Setting(NetworkObject network, string key) =>
        network.Spec.TryGetProperty(key, out var value) ? value.ToString() : null;
}
