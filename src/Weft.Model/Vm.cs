namespace Weft.Model;

/// <summary>A virtual machine: a name and up to eight NICs, in the order of their numbers.</summary>
public sealed record Vm(string Name, Items<Nic> Nics)
{
    public const int MaxNics = 8;

    /// <summary>By number, from 1; null where no card has that number.</summary>
    public Nic?[] Places()
    {
        Nic?[] places = new Nic?[Nics.Count == 0 ? 0 : Nics[^1].Number];
        foreach (Nic nic in Nics)
        {
            places[nic.Number - 1] = nic;
        }
        return places;
    }
}
