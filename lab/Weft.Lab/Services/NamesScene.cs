using Weft.Cli.Demo;
using Weft.Lab.Guests;

namespace Weft.Lab.Services;

/// <summary>The name service as dig sees it from a guest: names of guests, and the host's resolvers behind it, whichever they are now.</summary>
public sealed class NamesScene
{
    [Scene(Needs.Tap)]
    public async Task Guests_have_names_both_ways()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync(guests: 2);
        string other = lab.Leases[1].Address;
        Assert.Equal(other, await Short(lab, "vm2"));
        Assert.Equal(other, await Short(lab, "vm2.weft.internal"));
        Assert.Equal("vm2.weft.internal.", await Short(lab, $"-x {other}"));
        Assert.Equal(lab.Gateway, await Short(lab, "host.weft.internal"));

        // There is such a name, and no address of that kind: NODATA, so that nobody asks elsewhere.
        string nothing = await Dig(lab, "vm2.weft.internal AAAA");
        Assert.Contains("status: NOERROR", nothing);
        Assert.Contains("ANSWER: 0", nothing);
        Assert.Contains("status: NXDOMAIN", await Dig(lab, "nobody.weft.internal"));
    }

    [Scene(Needs.Tap | Needs.Root | Needs.Dns)]
    public async Task Other_names_go_to_the_resolvers_that_the_host_has_now()
    {
        using ScratchFolder folder = new();
        await using Resolver first = await Resolver.StartAsync("127.77.0.1", "192.0.2.1", folder);
        await using Resolver second = await Resolver.StartAsync("127.77.0.2", "192.0.2.2", folder);
        using ResolvConf host = new(folder, first.Address);
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        Assert.Equal(first.Address, Assert.Single((await lab.Home.StatusAsync()).Networks[0].DnsUpstreams!));
        Assert.Equal("192.0.2.1", await Short(lab, "www.weft.test"));
        Assert.Equal("192.0.2.1", await Short(lab, "+tcp www.weft.test"));
        Assert.Contains("\\# 6 00FF0A0D0102", await Short(lab, "odd.weft.test TYPE65280"));

        // Too long for a datagram of 512 bytes: the guest is told, and comes back over TCP.
        Assert.Contains(" tc", await Dig(lab, "+ignore +bufsize=512 large.weft.test TXT"));
        Assert.Contains(new string('d', 200), await Short(lab, "large.weft.test TXT"));

        // Replaced under queries: each one is answered, by the one or the other.
        Task<string> many = lab.Guest.MustAsync($"for i in $(seq 40); do dig +short +time=3 +tries=1 @{lab.Gateway} www.weft.test; done");
        for (int i = 0; i < 6; i++)
        {
            host.Replace(i % 2 == 0 ? second.Address : first.Address);
            await Task.Delay(50);
        }

        host.Replace(second.Address);
        string[] answers = (await many).Split('\n');
        Assert.Equal(40, answers.Length);
        Assert.All(answers, a => Assert.True(a is "192.0.2.1" or "192.0.2.2", a));
        await Eventually.Async(() => Short(lab, "www.weft.test").Result == "192.0.2.2", "the resolver of now");
    }

    [Scene(Needs.Tap | Needs.Dns)]
    public async Task Without_a_resolver_queries_fail_at_once_and_the_status_says_why()
    {
        using ScratchFolder folder = new();
        using ResolvConf host = new(folder, "10.20.0.1");
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        host.Replace(lab.Gateway); // a resolver that is Weft itself would be asked in circles
        Assert.Contains("status: SERVFAIL", await Dig(lab, "www.weft.test"));
        string[] problems = [.. (await lab.Home.StatusAsync()).Problems.Select(p => p.Text)];
        Assert.Contains(problems, p => p.Contains($"{lab.Gateway} is Weft itself"));
        Assert.Contains(problems, p => p.Contains("no usable DNS server"));
        Assert.Empty((await lab.Home.StatusAsync()).Networks[0].DnsUpstreams!);
        Assert.Equal(lab.Leases[0].Address, await Short(lab, "vm1"));
    }

    private static async Task<string> Short(NamespaceHost lab, string question) =>
        (await lab.Guest.RunAsync($"dig +short +time=3 +tries=1 @{lab.Gateway} {question}")).Text;

    private static async Task<string> Dig(NamespaceHost lab, string question) =>
        (await lab.Guest.RunAsync($"dig +time=3 +tries=1 @{lab.Gateway} {question}")).Text;
}
