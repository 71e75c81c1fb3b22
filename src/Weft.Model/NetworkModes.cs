namespace Weft.Model;

/// <summary>The words that files and command lines use for the modes.</summary>
public static class NetworkModes
{
    /// <summary>A NIC on no network: present, without carrier.</summary>
    public const string NotAttached = "none";

    /// <summary>The network that an internal NIC joins when none is named.</summary>
    public const string DefaultInternal = "intnet";

    /// <summary>The network of NICs that are in mode nat and name none.</summary>
    public const string DefaultNat = "nat";

    /// <summary>The network that <c>weft up</c> makes when there is no file.</summary>
    public const string DefaultNetwork = "default";

    public static readonly string[] Words = ["nat", "nat-network", "internal"];

    public static bool TryParse(string word, out NetworkMode mode)
    {
        NetworkMode? found = word switch
        {
            "nat" => NetworkMode.Nat,
            "nat-network" or "natnetwork" => NetworkMode.NatNetwork,
            "internal" or "intnet" => NetworkMode.Internal,
            _ => null,
        };
        mode = found.GetValueOrDefault();
        return found is not null;
    }

    public static string Word(this NetworkMode mode) => mode switch
    {
        NetworkMode.Nat => "nat",
        NetworkMode.NatNetwork => "nat-network",
        _ => "internal",
    };
}
