using Weft.Engine.State;
using Weft.Model.Api;
using Weft.Wire;

namespace Weft.Tests.Daemon.Names;

/// <summary>Which names there are, by what is wanted and by the leases; read through the API.</summary>
public sealed class KnownNamesTests : IDisposable
{
    private const string Lab = """
        networks:
          lab: { mode: nat-network, subnet: 10.20.0.0/24 }
          office: { mode: nat-network, subnet: 10.60.0.0/24 }
        vms:
          alpha: { nics: [{ net: lab, ip: 10.20.0.50 }, office] }
          beta: [lab]
          gateway: [lab]
          one: [nat]
          two: [nat]
        forwards: [2222:alpha:22, 8080:10.60.0.77:80, 2223:two:22]
        """;

    private readonly TestDaemon _daemon = new();

    public KnownNamesTests() => _daemon.Up(Lab);

    public void Dispose() => _daemon.Dispose();

    [Fact]
    public void A_reserved_address_has_its_name_without_a_lease_and_a_leased_one_with_it()
    {
        Assert.Equal("alpha.lab.weft.internal 10.20.0.50 vm 2222:alpha:22/tcp", Assert.Single(Resolve("alpha")));
        Lease("alpha:2", "10.60.0.15", "alpha");

        Assert.Equal(["alpha.lab.weft.internal 10.20.0.50 vm 2222:alpha:22/tcp", "alpha.office.weft.internal 10.60.0.15 vm "], Resolve("alpha"));
        Assert.Equal("alpha.office.weft.internal 10.60.0.15 vm ", Assert.Single(Resolve("alpha", "office")));
    }

    [Fact]
    public void What_a_guest_calls_itself_counts_while_nobody_else_has_the_name()
    {
        Lease("beta:1", "10.20.0.15", "debian");
        Lease("alpha:2", "10.60.0.15", "beta");
        Lease("gateway:1", "10.20.0.16", "host");
        Lease(null, "10.20.0.17", "debian");
        Lease(null, "10.20.0.18", "alpha");
        Lease(null, "10.20.0.19", "bad..name");

        Assert.Equal("beta.office.weft.internal 10.60.0.15 learned ", Assert.Single(Resolve("beta", "office")));
        Assert.Equal("debian.lab.weft.internal 10.20.0.15 learned ", Assert.Single(Resolve("debian")));
        Assert.Equal("beta.lab.weft.internal 10.20.0.15 vm ", Assert.Single(Resolve("beta")));
        Assert.Equal("10.20.0.50", Assert.Single(Resolve("alpha", "lab")).Split(' ')[1]);
        Assert.Equal(["10.20.0.1"], Resolve("host", "lab").Concat(Resolve("gateway", "lab")).Select(r => r.Split(' ')[1]).Distinct());
        Assert.Equal("beta.lab.weft.internal 10.20.0.15 vm ", Assert.Single(Resolve("10.20.0.15")));
    }

    [Fact]
    public void Routers_of_one_nic_share_their_network_and_their_addresses()
    {
        Lease("one:1", "10.0.2.15", null);
        Lease("two:1", "10.0.2.15", null);

        Assert.Equal("one.nat.weft.internal 10.0.2.15 vm ", Assert.Single(Resolve("one")));
        Assert.Equal("two.nat.weft.internal 10.0.2.15 vm 2223:two:22/tcp", Assert.Single(Resolve("two.nat.weft.internal")));
        Assert.Equal("10.0.2.3", Assert.Single(Resolve("dns", "nat")).Split(' ')[1]);
    }

    [Fact]
    public void A_lease_that_ended_counts_no_more()
    {
        Lease("beta:1", "10.20.0.15", null, DateTimeOffset.UtcNow.AddSeconds(-5).ToUnixTimeSeconds());

        Assert.Throws<Weft.Cli.Output.CommandException>(() => Resolve("beta"));
    }

    [Fact]
    public void A_guest_that_chooses_its_mac_is_known_by_its_port_and_gets_nothing_under_its_neighbours_mac()
    {
        FakeWorker worker = _daemon.Worker;
        int own = Enumerable.Range(0, 16).First(i => worker.Ports[i].Name.ToString() == "beta:1");
        worker.Ports[own].Mac = default;
        Lease("beta:1", "10.20.0.15", null, mac: new MacAddress(0x0200_0000_0001), port: worker.Ports[own].Id);
        Lease("gateway:1", "10.20.0.16", null, port: worker.Ports[own].Id);

        Assert.Equal("10.20.0.15", Resolve("beta", "lab")[0].Split(' ')[1]);
        Assert.DoesNotContain(Resolve("gateway", "lab"), r => r.Contains("10.20.0.16", StringComparison.Ordinal));
        Lease("alpha:2", "10.60.0.15", null, port: ulong.MaxValue);
        Assert.Equal(["alpha", "alpha"], Resolve("alpha").Select(r => r.Split('.')[0]));
        Assert.Equal(["beta:1", "beta:1", "alpha:2"], _daemon.Client.Get(ObjectPaths.Leases, ObjectJson.Default.LeaseList).Items.Select(l => l.Nic));
    }

    private string[] Resolve(string name, string? network = null) =>
        [.. _daemon.Client.Get(ObjectPaths.ResolveOf(name, network), ObjectJson.Default.ResolvedList).Items
            .Select(r => $"{r.Name} {r.Address} {r.Source} {string.Join(',', r.Forwards.Select(f => f.Forward))}")];

    /// <param name="nic">Null: of a guest that nobody knows, on 'lab'.</param>
    private void Lease(string? nic, string address, string? hostName, long expires = long.MaxValue, MacAddress? mac = null, ulong port = 0)
    {
        FakeWorker worker = _daemon.Worker;
        RecordArray<LeaseRecord> leases = worker.State.Array<LeaseRecord>(SharedArray.Leases);
        PortRecord nicPort = Enumerable.Range(0, 16).Select(i => worker.Ports[i]).First(p => p.Name.ToString() == (nic ?? "beta:1"));
        Assert.True(IpAddress.TryParse(address, out IpAddress given));
        int free = Enumerable.Range(0, leases.Capacity).First(i => leases[i].NetworkId == 0);
        leases[free] = new LeaseRecord
        {
            NetworkId = nicPort.NetworkId,
            Mac = mac ?? (nic is null ? new MacAddress(0x0200_0000_0000 + (ulong)free) : nicPort.Mac),
            PortId = port,
            Address = given,
            Expires = expires,
            HostName = Text64.From(hostName ?? ""),
        };
    }
}
