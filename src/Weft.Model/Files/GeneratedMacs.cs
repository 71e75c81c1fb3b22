namespace Weft.Model.Files;

/// <summary>Gives every NIC without a MAC the one that its name yields, avoiding those written in the file.</summary>
internal static class GeneratedMacs
{
    public static Items<Vm> Fill(IReadOnlyCollection<Vm> vms)
    {
        HashSet<string> taken = [.. vms.SelectMany(v => v.Nics).Select(n => n.Mac).Where(m => m.Length > 0)];
        return vms.Select(vm => vm with { Nics = vm.Nics.Select(nic => WithMac(vm.Name, nic, taken)).ToItems() }).ToItems();
    }

    private static Nic WithMac(string vm, Nic nic, HashSet<string> taken)
    {
        if (nic.Mac.Length > 0)
        {
            return nic;
        }
        string mac = MacText.ForNic(vm, nic.Number, taken);
        taken.Add(mac);
        return nic with { Mac = mac };
    }
}
