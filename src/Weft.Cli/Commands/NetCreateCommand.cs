using System.CommandLine;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft net create NAME …</c>: what an entry under <c>networks:</c> says, as options.</summary>
internal static class NetCreateCommand
{
    private static readonly string[] OnOff = ["on", "off"];

    public static Command Create()
    {
        Argument<string> name = NameArgument.New("network");
        string modes = $"{string.Join(", ", NetworkModes.Words)} (default: {NetworkMode.NatNetwork.Word()})";
        Option<string?> mode = Text("--mode", $"How its guests reach each other and the outside: {modes}", "MODE");
        mode.CompletionSources.Add(NetworkModes.Words);
        Option<string?> lease = Text("--lease", "Seconds that a DHCP lease lasts", "SECONDS");
        Option<string?> pool = Text("--pool", "First and last address that DHCP gives away", "FIRST-LAST");
        Option<string> dhcp = Choice("--dhcp", "Give addresses to guests", "on|off", OnOff);
        (Option Option, string Key)[] simple =
        [
            (mode, "mode"),
            (Text("--subnet", "Addresses of the network; default: one that the host has no route into", "ADDRESS/PREFIX"), "subnet"),
            (Text("--mtu", "Bytes of an IP packet", "BYTES"), "mtu"), (Choice("--dns", "Answer names at the gateway", "on|off", OnOff), "dns"),
            (Choice("--host-loopback", "Let guests reach the host's loopback at the gateway's address", "allow|deny", ["allow", "deny"]),
                "host-loopback"),
            (Choice("--polling", "How the worker waits for guests", "WORD", PollingWords.All), "polling"),
            (Text("--source", "Address of the host that outbound connections come from", "ADDRESS"), "source"),
        ];
        Option<bool> force = new("--force") { Description = "Take the subnet though the host has a route into it" };
        Option<bool> ifMissing = new("--if-missing") { Description = "Be content with a network of that name that is there already" };
        Command command = new("create", "Make a network") { name, dhcp, lease, pool, force, ifMissing };
        Array.ForEach(simple, s => command.Options.Add(s.Option));
        command.SetAction(parsed =>
        {
            SettingWords settings = new("weft net create lab --pool 10.20.0.100-10.20.0.199 --subnet 10.20.0.0/24");
            foreach ((Option option, string key) in simple)
            {
                settings.Add(key, parsed.GetValue((Option<string?>)option) ?? (option == mode ? NetworkMode.NatNetwork.Word() : null));
            }
            bool detailed = parsed.GetValue(lease) is not null || parsed.GetValue(pool) is not null;
            settings.Add("dhcp", detailed && parsed.GetValue(dhcp) == "on" ? null : parsed.GetValue(dhcp))
                .Add("dhcp.lease", parsed.GetValue(lease)).Add("force", parsed.GetValue(force) ? "true" : null);
            AddPool(settings, parsed.GetValue(pool));
            return NetCommand.Change(HomeOption.Of(parsed), "POST", ObjectPaths.NetworkOf(parsed.GetValue(name)!,
                parsed.GetValue(ifMissing) ? ObjectPaths.IfMissing : null), settings.Json);
        });
        return command;
    }

    private static void AddPool(SettingWords settings, string? pool)
    {
        string[] ends = pool?.Split('-') ?? [];
        if (pool is not null && ends.Length != 2)
        {
            throw new CommandException(new WeftError(ErrorCode.Usage, $"'{pool}' is no pool of addresses",
                "a pool is FIRST-LAST, two addresses of the subnet",
                "weft net create lab --subnet 10.20.0.0/24 --pool 10.20.0.100-10.20.0.199"), ExitCode.Usage);
        }
        settings.Add("dhcp.first", ends.FirstOrDefault()).Add("dhcp.last", ends.LastOrDefault());
    }

    private static Option<string?> Text(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };

    private static Option<string> Choice(string name, string description, string help, string[] words)
    {
        Option<string> option = new(name) { Description = description, HelpName = help };
        option.AcceptOnlyFromAmong(words);
        return option;
    }
}
