using Weft.Model.Differences;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files.Editing;

/// <summary>Edits of <c>vms:</c>, NIC by NIC.</summary>
internal sealed class VmsSection(Topology wanted)
{
    private const string Section = "vms";

    private readonly HashSet<string> _macs = TopologyText.WrittenMacs(wanted);

    /// <summary>The text with all VMs as wanted; null when that cannot be.</summary>
    public string? Apply(string text, Topology said)
    {
        string? next = text;
        foreach (string name in said.Vms.Select(v => v.Name).Union(wanted.Vms.Select(v => v.Name)))
        {
            (Vm? before, Vm? after) = (said.FindVm(name), wanted.FindVm(name));
            if (before != after && next is not null)
            {
                next = before is null ? new YamlEditor(next).AddTo(Section, $"{YamlWord.Of(name)}: {TopologyText.Nics(after!, _macs)}", isList: false)
                    : after is null ? Remove(next, name)
                    : ChangeNics(next, before, after);
            }
        }
        return next;
    }

    private static string? Remove(string text, string name)
    {
        YamlEditor editor = new(text);
        return YamlEditor.Find(editor.Root, Section) is YamlMappingNode section ? editor.Remove(section, name) : null;
    }

    private string? ChangeNics(string text, Vm before, Vm after)
    {
        string? next = text;
        (Nic?[] old, Nic?[] now) = (before.Places(), after.Places());
        for (int i = 0; next is not null && i < Math.Max(old.Length, now.Length); i++)
        {
            YamlEditor editor = new(next);
            YamlSequenceNode? list = List(editor, before.Name);
            next = i >= old.Length ? AddNic(editor, list, after, now[i])
                : i >= now.Length ? RemoveNic(editor, list, after)
                : old[i] != now[i] ? ChangeNic(editor, list, (before, old[i]), (after, now[i]), i)
                : next;
        }
        return next;
    }

    private string? AddNic(YamlEditor editor, YamlSequenceNode? list, Vm vm, Nic? nic)
    {
        if (list is not null)
        {
            return editor.Add(list, Text(vm, nic));
        }
        YamlMappingNode section = (YamlMappingNode)YamlEditor.Find(editor.Root, Section)!;
        return YamlEditor.Find(section, vm.Name) is YamlMappingNode mapping
            ? editor.Set(mapping, "nics", $"[{Text(vm, nic)}]")
            : editor.Set(section, vm.Name, $"[{Text(vm, nic)}]");
    }

    /// <summary>NICs are numbered by their place, so the last one goes.</summary>
    private static string? RemoveNic(YamlEditor editor, YamlSequenceNode? list, Vm after) =>
        list is null ? null : after.Nics.Count == 0 ? editor.Replace(list, "[]") : editor.Remove((YamlNode)list, list.Children.Count - 1);

    private string? ChangeNic(YamlEditor editor, YamlSequenceNode? list, (Vm Vm, Nic? Nic) before, (Vm Vm, Nic? Nic) after, int index)
    {
        if (list is null || index >= list.Children.Count)
        {
            return null;
        }
        YamlNode item = list.Children[index];
        if (before.Nic is not { } was || after.Nic is not { } nic || item is not YamlMappingNode)
        {
            return editor.Replace(item, Text(after.Vm, after.Nic));
        }
        Setting[] old = NicSettings.Of(before.Vm.Name, was);
        bool saysMac = IsWritten(item, "mac") || _macs.Contains(Names.Nic(after.Vm.Name, nic.Number));
        Setting[] next = [.. NicSettings.Of(after.Vm.Name, nic).Zip(old).Select(s => s.First.Key == "mac" && !saysMac ? s.Second : s.First)];
        bool sameAttachment = old.Zip(next).All(s => s.First.Value == s.Second.Value || !NicSettings.AttachmentKeys.Contains(s.First.Key));
        bool byMode = IsWritten(item, "mode") && was.Network != nic.Network;
        return sameAttachment && !byMode
            ? NetworksSection.ChangeKeys(editor.Text, e => List(e, after.Vm.Name)?.Children[index] as YamlMappingNode, old, next)
            : editor.Replace(item, Text(after.Vm, nic));
    }

    private string Text(Vm vm, Nic? nic) =>
        nic is null ? TopologyText.NoNic : TopologyText.Nic(vm.Name, nic, _macs.Contains(Names.Nic(vm.Name, nic.Number)));

    private static bool IsWritten(YamlNode nic, string key) => YamlEditor.Find(nic, key) is not null;

    private static YamlSequenceNode? List(YamlEditor editor, string vm)
    {
        YamlNode? node = YamlEditor.Find(YamlEditor.Find(editor.Root, Section), vm);
        return (node is YamlMappingNode ? YamlEditor.Find(node, "nics") : node) as YamlSequenceNode;
    }
}
