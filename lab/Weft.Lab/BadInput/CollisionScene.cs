using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Model.Api;

namespace Weft.Lab.BadInput;

/// <summary>A host with routes where a NAT subnet would lie: such a network is moved when Weft chose the place, refused when the file did.</summary>
public sealed class CollisionScene
{
    [Scene(Needs.Tap | Needs.Root)]
    public async Task Slots_move_and_declared_subnets_are_refused()
    {
        await using NamespaceGuest host = await NamespaceGuest.CreateAsync();
        await host.MustAsync("ip link add lan type dummy 2>/dev/null || ip link add lan type veth peer name lan1; ip address add 10.0.2.9/24 dev lan; ip link set lan up; ip route add 10.66.0.0/16 dev lan");
        await using WeftHome home = new("ip", "netns", "exec", host.Reference);

        await home.ApplyAsync("networks: { out: nat }\nvms: { alpha: [out] }\n");
        NetworkDocument moved = Assert.Single((await home.StatusAsync()).Networks);
        Assert.NotEqual("10.0.2.0/24", moved.Subnet);
        Assert.Contains((await home.StatusAsync()).Problems, p => p.Text.Contains("10.0.2.0/24"));

        string before = await WholeState.ReadAsync(home);
        string file = home.Folder.File("collides.yml");
        await File.WriteAllTextAsync(file, "networks:\n  lab:\n    mode: nat-network\n    subnet: 10.66.5.0/24\nvms: { alpha: [lab] }\n");
        Refusal refusal = Refusal.Parse(await home.Weft.TryAsync("up", file));
        Assert.Equal("W1201", refusal.Code);
        Assert.Contains("10.66.0.0/16", $"{refusal.Message} {refusal.Why}");
        Assert.Equal(before, await WholeState.ReadAsync(home));
    }
}
