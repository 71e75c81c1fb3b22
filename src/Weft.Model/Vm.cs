namespace Weft.Model;

/// <summary>A virtual machine: a name and up to eight NICs, in the order of their numbers.</summary>
public sealed record Vm(string Name, Items<Nic> Nics)
{
    public const int MaxNics = 8;
}
