using Weft.Model.Errors;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>Reads one entry of <c>vms:</c>. The short form is the list of its NICs; <c>null</c> in it is a number without a card.</summary>
internal sealed class VmReader(FileErrors errors, NicReader nics)
{
    internal static readonly string[] Keys = ["nics"];

    public Vm? Read(string name, YamlNode node)
    {
        if (MappingReader.IsNull(node))
        {
            return new Vm(name, []);
        }
        YamlNode? list = node;
        if (node is YamlMappingNode mapping)
        {
            list = new MappingReader(errors, mapping, $"vm '{name}'", $"vms.{name}", Keys).Node("nics");
        }
        if (list is not (null or YamlSequenceNode))
        {
            errors.Add(list, ErrorCode.WrongShape, $"vm '{name}' has no list of NICs", "write 'nics: [lab]', with one entry for each card");
            return null;
        }
        return ReadNics(name, list as YamlSequenceNode);
    }

    private Vm? ReadNics(string name, YamlSequenceNode? list)
    {
        List<Nic> read = [];
        int number = 0;
        foreach (YamlNode item in list?.Children ?? [])
        {
            if (++number > Vm.MaxNics)
            {
                errors.Add(item, ErrorCode.TooManyNics, $"vm '{name}' has more than {Vm.MaxNics} NICs", $"a VM has at most {Vm.MaxNics}");
                return null;
            }
            if (MappingReader.IsNull(item))
            {
                continue;
            }
            if (nics.Read(name, number, item) is not { } nic)
            {
                return null;
            }
            read.Add(nic);
        }
        return new Vm(name, read.ToItems());
    }
}
