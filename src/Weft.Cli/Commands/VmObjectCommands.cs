using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Completion;
using Weft.Cli.Output;
using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary><c>weft vm create|rm|ls|show</c>: VMs as records, while they run.</summary>
internal static class VmObjectCommands
{
    private static readonly Column<VmObject>[] Columns =
    [
        new("VM", vm => vm.Name),
        new("NICS", vm => Units.Count(vm.Nics.Length)),
        new("NETWORKS", vm => string.Join(',', vm.Nics.Select(n => n.Network ?? "none").Distinct())),
        new("ADDRESSES", vm => string.Join(',', vm.Nics.Where(n => n.Address is not null).Select(n => n.Address))),
        new("CABLES", vm => string.Join(',', vm.Nics.Select(n => n.Cable))),
        new("MACS", vm => string.Join(',', vm.Nics.Select(n => n.Mac)), Wide: true),
    ];

    public static void AddTo(Command command)
    {
        command.Subcommands.Add(CreateCreate());
        command.Subcommands.Add(CreateRemove());
        command.Subcommands.Add(CreateList());
        command.Subcommands.Add(CreateShow());
    }

    private static Command CreateCreate()
    {
        Argument<string> name = NameArgument.New("VM");
        Option<string[]> nics = new Option<string[]>("--nic")
        {
            HelpName = "NET",
            Description = "A card on this network, or on 'none'; once for each card",
        }
            .Complete(names => [.. names.Networks, "none"]);
        Option<bool> ifMissing = new("--if-missing") { Description = "Be content with a VM of that name that is there already" };
        Command command = new("create", "Make a VM's record; a hypervisor of yours attaches to it") { name, nics, ifMissing };
        command.SetAction(parsed =>
        {
            string path = ObjectPaths.VmOf(parsed.GetValue(name)!, parsed.GetValue(ifMissing) ? ObjectPaths.IfMissing : null);
            string json = new SettingWords("weft vm ls").AddList("nics", parsed.GetValue(nics) ?? []).Json;
            return NetCommand.Change(HomeOption.Of(parsed), "POST", path, json);
        });
        return command;
    }

    private static Command CreateRemove()
    {
        Argument<string> name = NameArgument.Vm();
        Command command = new("rm", "Remove a VM's record with its NICs and the forwards to it") { name };
        command.Aliases.Add("remove");
        command.SetAction(parsed => NetCommand.Change(HomeOption.Of(parsed), "DELETE", ObjectPaths.VmOf(parsed.GetValue(name)!), null));
        return command;
    }

    private static Command CreateList()
    {
        Option<string> output = FormOption.Create();
        Command command = new("ls", "List the VMs") { output };
        command.Aliases.Add("list");
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            return Shown.List(FormOption.Of(parsed, output), client.GetText(ObjectPaths.Vms), ObjectJson.Default.VmList, vm => vm.Name, Columns);
        });
        return command;
    }

    private static Command CreateShow()
    {
        Argument<string> name = NameArgument.Vm();
        Option<string> output = FormOption.Create();
        Command command = new("show", "Show one VM with its NICs") { name, output };
        command.SetAction(parsed =>
        {
            using ApiClient client = Connection.Require(HomeOption.Of(parsed));
            string json = client.GetText(ObjectPaths.VmOf(parsed.GetValue(name)!));
            return Shown.One(FormOption.Of(parsed, output), json, ObjectJson.Default.VmObject, vm => vm.Name, Pairs);
        });
        return command;
    }

    private static (string Key, string? Value)[] Pairs(VmObject vm) =>
    [
        ("vm", vm.Name), .. vm.Nics.SelectMany<NicState, (string, string?)>(nic =>
        [
            (nic.Name, nic.Network ?? "none"), ("  address", nic.Address), ("  mac", nic.Mac),
            ("  attach", $"{nic.Attachment} {nic.Path}"), ("  cable", nic.Cable),
        ]),
    ];
}
