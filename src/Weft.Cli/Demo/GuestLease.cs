namespace Weft.Cli.Demo;

/// <summary>What a guest was given by DHCP. Gateway and name server may be empty.</summary>
internal sealed record GuestLease(string Address, int PrefixLength, string Gateway, string Dns)
{
    /// <summary>Reads "ADDRESS PREFIX GATEWAY DNS".</summary>
    public static GuestLease Parse(string line)
    {
        string[] words = line.Split(' ');
        return new GuestLease(words[0], int.Parse(words[1]), words.ElementAtOrDefault(2) ?? "", words.ElementAtOrDefault(3) ?? "");
    }
}
