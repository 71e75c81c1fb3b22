using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Completion;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft nic add|set|attach|rm|ls|show</c>: NICs as records, while guests run.</summary>
internal static class NicObjectCommands
{
    private static readonly Column<NicObject>[] Columns =
    [
        new("NIC", nic => nic.Name),
        new("NETWORK", nic => nic.Status.Network ?? "none"),
        new("ADDRESS", nic => nic.Status.Address),
        new("MAC", nic => nic.Status.Mac),
        new("ATTACH", nic => nic.Status.Attachment),
        new("CABLE", nic => nic.Status.Cable),
        new("DROPS", nic => Units.Count(nic.Status.Drops), Wide: true),
        new("PATH", nic => nic.Status.Path, Wide: true),
    ];

    public static void AddTo(Command command)
    {
        command.Subcommands.Add(CreateAdd());
        command.Subcommands.Add(CreateSet());
        command.Subcommands.Add(CreateAttach());
        command.Subcommands.Add(CreateRemove());
        command.Subcommands.Add(CreateList());
        command.Subcommands.Add(CreateShow());
    }

    private static Command CreateAdd()
    {
        Argument<string> vm = NameArgument.Vm("VM");
        Argument<string> network = Target();
        Argument<string[]> settings = NameArgument.Settings("stream.connect=127.0.0.1:5701", mayBeNone: true);
        (Option<string?> Option, string Key)[] options =
        [
            (Text("--mac", "Its MAC; default: one made of its name", "MAC"), "mac"),
            (Text("--ip", "Address that DHCP keeps for it", "ADDRESS"), "ip"),
            (Text("--attach", $"How the hypervisor reaches it: {string.Join(", ", AttachmentKinds.Words)}", "KIND"), "attach"),
            (Text("--model", "The card that the guest sees: virtio, e1000, pcnet …", "MODEL"), "model"),
            (Text("--tap", "Name of its TAP", "INTERFACE"), "tap.name"), (Text("--netns", "Namespace of its TAP", "NAME"), "tap.netns"),
            (Text("--socket", "Its vhost-user socket; default: in Weft's home", "PATH"), "vhost-user.socket"),
            (Text("--role", "Weft's part at the vhost-user socket: server or client", "ROLE"), "vhost-user.role"),
            (Text("--queues", "Queue pairs of a vhost-user card", "N"), "vhost-user.queues"),
        ];
        options[2].Option.CompletionSources.Add(AttachmentKinds.Words);
        options[3].Option.CompletionSources.Add(NicModel.Words);
        Option<bool> unplugged = new("--unplugged") { Description = "With the cable out" };
        Command command = new("add", "Give a VM a card, at its first free number") { vm, network, settings, unplugged };
        Array.ForEach(options, o => command.Options.Add(o.Option));
        command.SetAction(parsed =>
        {
            SettingWords words = new SettingWords("weft nic ls").Add("net", parsed.GetValue(network))
                .Add("plugged", parsed.GetValue(unplugged) ? "false" : null);
            Array.ForEach(options, o => words.Add(o.Key, parsed.GetValue(o.Option)));
            return NetCommand.Change(HomeOption.Of(parsed), "POST", ObjectPaths.NicsOf(parsed.GetValue(vm)!),
                words.Add(parsed.GetValue(settings)!).Json);
        });
        return command;
    }

    private static Command CreateSet()
    {
        Argument<string> nic = NameArgument.Nic();
        Argument<string[]> settings = NameArgument.Settings("net=office ip=10.20.0.9");
        Command command = new("set", "Change settings of a NIC") { nic, settings };
        command.SetAction(parsed => NetCommand.Change(HomeOption.Of(parsed), "PATCH", PathOf(parsed.GetValue(nic)!),
            new SettingWords("weft nic ls").Add(parsed.GetValue(settings)!).Json));
        return command;
    }

    private static Command CreateAttach()
    {
        Argument<string> nic = NameArgument.Nic();
        Argument<string> network = Target();
        Option<string?> address = Text("--ip", "Address that DHCP keeps for it there", "ADDRESS");
        Command command = new("attach", "Move a NIC to another network; the hypervisor's connection stays") { nic, network, address };
        command.SetAction(parsed => NetCommand.Change(HomeOption.Of(parsed), "PATCH", PathOf(parsed.GetValue(nic)!),
            new SettingWords("weft nic ls").Add("net", parsed.GetValue(network)).Add("ip", parsed.GetValue(address)).Json));
        return command;
    }

    private static Command CreateRemove()
    {
        Argument<string> nic = NameArgument.Nic();
        Command command = new("rm", "Take a card away; the numbers of the others stay") { nic };
        command.Aliases.Add("remove");
        command.SetAction(parsed => NetCommand.Change(HomeOption.Of(parsed), "DELETE", PathOf(parsed.GetValue(nic)!), null));
        return command;
    }

    private static Command CreateList()
    {
        Argument<string?> vm = new Argument<string?>("VM") { Arity = ArgumentArity.ZeroOrOne, Description = "Of this VM alone" }
            .Complete(names => names.Vms);
        Option<string> output = FormOption.Create();
        Command command = new("ls", "List the NICs") { vm, output };
        command.Aliases.Add("list");
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            string path = parsed.GetValue(vm) is { } name ? ObjectPaths.NicsOf(name) : ObjectPaths.Nics;
            return Shown.List(FormOption.Of(parsed, output), client.GetText(path), ObjectJson.Default.NicList, nic => nic.Name, Columns);
        });
        return command;
    }

    private static Command CreateShow()
    {
        Argument<string> nic = NameArgument.Nic();
        Option<string> output = FormOption.Create();
        Command command = new("show", "Show one NIC with all its settings") { nic, output };
        command.SetAction(parsed =>
        {
            string path = PathOf(parsed.GetValue(nic)!);
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            return Shown.One(FormOption.Of(parsed, output), client.GetText(path), ObjectJson.Default.NicObject, n => n.Name, Pairs);
        });
        return command;
    }

    private static (string Key, string? Value)[] Pairs(NicObject nic) =>
    [
        ("nic", nic.Name), .. Shown.Settings(nic.Spec).Where(s => s.Key != "ip"), ("address", nic.Status.Address), ("path", nic.Status.Path),
        ("cable", nic.Status.Cable), ("drops", Units.Count(nic.Status.Drops)),
    ];

    private static Argument<string> Target() => new Argument<string>("NET") { Description = "Name of a network, or 'none'" }
        .Complete(names => [.. names.Networks, NetworkModes.NotAttached]);

    private static string PathOf(string nic)
    {
        (string vm, int number) = NameArgument.Split(nic, "show");
        return ObjectPaths.NicOf(vm, number);
    }

    private static Option<string?> Text(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help };
}
