using System.Text.Json;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Daemon;

/// <summary>Static names by the API, and every name that routers answer.</summary>
public sealed class NamesApiTests : IDisposable
{
    private const string Lab = """
        networks:
          lab: { mode: nat-network, subnet: 10.20.0.0/24, names: { printer: 10.20.0.9, api.example.test: [192.0.2.7, 192.0.2.8] } }
          own: { mode: nat, names: { out: 192.0.2.1 } }
          mute: { mode: nat-network, subnet: 10.30.0.0/24, dns: false }
        vms: { alpha: [{ net: lab, ip: 10.20.0.20 }, own], beta: [lab, own], gamma: [mute] }

        """;

    private readonly TestDaemon _daemon = new();

    public NamesApiTests() => _daemon.Up(Lab);

    public void Dispose() => _daemon.Dispose();

    [Fact]
    public void A_name_is_put_and_removed_and_the_worker_has_it_alone()
    {
        Assert.Equal(["lab/api.example.test 2", "lab/printer 1", "own/out 1"], _daemon.Worker.Names(SharedArray.Names));
        lock (_daemon.Worker.Commands)
        {
            _daemon.Worker.Commands.Clear();
        }

        Assert.Equal(["add name db of lab"], _daemon.Changed("PUT", "/v1/networks/lab/names/db", "\"10.20.0.5\"").Steps);
        Assert.Equal(["change name db of lab"], _daemon.Changed("PUT", "/v1/networks/lab/names/db", """["10.20.0.5", "10.20.0.6"]""").Steps);
        Assert.Empty(_daemon.Changed("PUT", "/v1/networks/lab/names/db", """["10.20.0.5", "10.20.0.6"]""").Steps);
        Assert.Equal(["lab/api.example.test 2", "lab/db 2", "lab/printer 1", "own/out 1"], _daemon.Worker.Names(SharedArray.Names));
        Assert.Equal(["remove name db of lab"], _daemon.Changed("DELETE", "/v1/networks/lab/names/db", null).Steps);
        Assert.Equal("nothing to do: network 'lab' has no name 'db' of its own", Assert.Single(_daemon.Changed("DELETE", "/v1/networks/lab/names/db", null).Notes));

        lock (_daemon.Worker.Commands)
        {
            Assert.Equal([CommandKind.PutName, CommandKind.PutName, CommandKind.RemoveName], _daemon.Worker.Commands);
        }
        Assert.Equal(["dns rm lab db", "dns set lab db"], _daemon.History().Select(h => h.What).Take(2));
        Assert.Contains("names.db none", string.Join(' ', _daemon.Plan(Lab.Replace("printer:", "db: 10.20.0.5, printer:")).Items.Select(d => d.ToString())));
    }

    [Theory]
    [InlineData("PUT", "/v1/networks/x/names/db", "\"10.20.0.5\"", 404, ErrorCode.UnknownNetwork)]
    [InlineData("DELETE", "/v1/networks/x/names/db", null, 404, ErrorCode.UnknownNetwork)]
    [InlineData("PUT", "/v1/networks/lab/names/db", "", 400, ErrorCode.BadRequest)]
    [InlineData("PUT", "/v1/networks/lab/names/db", "\"\\ud800\"", 400, ErrorCode.BadRequest)]
    [InlineData("PUT", "/v1/networks/lab/names/db", "[]", 400, ErrorCode.WrongShape)]
    [InlineData("PUT", "/v1/networks/lab/names/db", "\"10.20.0\"", 400, ErrorCode.BadAddress)]
    [InlineData("PUT", "/v1/networks/lab/names/D%2fb", "\"10.20.0.5\"", 400, ErrorCode.BadName)]
    [InlineData("PUT", "/v1/networks/lab/names/alpha", "\"10.20.0.5\"", 400, ErrorCode.DuplicateName)]
    [InlineData("PUT", "/v1/networks/mute/names/db", "\"10.20.0.5\"", 400, ErrorCode.DoesNotApply)]
    [InlineData("GET", "/v1/dns?network=x", null, 404, ErrorCode.UnknownNetwork)]
    public void A_refusal_has_its_status_and_changes_nothing(string method, string path, string? body, int status, string code)
    {
        Dictionary<string, string> stored = _daemon.StoredFiles();

        (int actual, string text) = _daemon.Send(method, path, body);

        Assert.Equal((status, code), (actual, JsonSerializer.Deserialize(text, ApiJson.Default.WeftError)!.Code));
        Assert.Equal(stored, _daemon.StoredFiles());
    }

    [Fact]
    public void Names_outlive_weftd_and_a_reboot()
    {
        _daemon.Changed("PUT", "/v1/networks/lab/names/db", "\"10.20.0.5\"");
        _daemon.Stop();
        lock (_daemon.Worker.Commands)
        {
            _daemon.Worker.Commands.Clear();
        }
        _daemon.Start(awaitUp: false);
        Eventually.True(() => _daemon.Status().Worker.State == "ok");
        lock (_daemon.Worker.Commands)
        {
            Assert.Equal([CommandKind.GetSharedMemory], _daemon.Worker.Commands);
        }

        _daemon.Stop();
        _daemon.Keepers.Kill();
        _daemon.Start(awaitUp: false);
        Eventually.True(() => _daemon.Status().Worker.State == "ok" && _daemon.Worker.Names(SharedArray.Names).Count == 4);
        Assert.Contains("db: 10.20.0.5", _daemon.Export().Text);
        Assert.Contains("api.example.test: [192.0.2.7, 192.0.2.8]", _daemon.Export().Text);
    }

    [Fact]
    public void What_the_worker_refuses_is_not_wanted_afterwards()
    {
        Dictionary<string, string> stored = _daemon.StoredFiles();
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutName ? Errno.ENOSPC : 0;

        Assert.Equal(507, _daemon.Send("PUT", "/v1/networks/lab/names/db", "\"10.20.0.5\"").Status);

        _daemon.Worker.Refuse = (_, _) => 0;
        Assert.Equal(stored, _daemon.StoredFiles());
    }

    [Fact]
    public void Every_name_that_a_router_answers_is_listed_with_its_source()
    {
        Lease("alpha:1", 0x0a140014, "printer");   // the owner's name wins
        Lease("beta:1", 0x0a14000f, "debian");
        Lease("beta:2", 0x0a00030f, "alpha");      // alpha has a router of its own there
        Lease("gamma:1", 0x0a1e000f, "quiet");     // its router has no DNS
        Lease(null, 0x0a140010, "debian");         // second to call itself so
        Lease(null, 0x0a140011, "beta");           // a VM's name
        Lease(null, 0x0a140012, "old", ended: true);

        Assert.Equal(
            [
                "alpha lab 10.20.0.20 vm", "api.example.test lab 192.0.2.7,192.0.2.8 static", "beta lab 10.20.0.15 vm", "debian lab 10.20.0.15 learned",
                "gateway lab 10.20.0.1 router", "host lab 10.20.0.1 router", "printer lab 10.20.0.9 static",
                "alpha own 10.0.3.15 learned", "beta own 10.0.3.15 vm", "dns own 10.0.3.3 router", "gateway own 10.0.3.2 router", "host own 10.0.3.2 router",
                "out own 192.0.2.1 static",
            ], Listed("/v1/dns"));
        Assert.Equal(6, Listed("/v1/dns?network=own").Length);
        Assert.Empty(Listed("/v1/dns?network=mute"));
    }

    private string[] Listed(string path) => [.. _daemon.Client.Get(path, ObjectJson.Default.DnsNameList).Items
        .Select(n => $"{n.Name} {n.Network} {string.Join(',', n.Addresses)} {n.Source}")];

    /// <param name="nic">Null: a guest on lab that the topology does not know.</param>
    private void Lease(string? nic, uint address, string hostName, bool ended = false)
    {
        RecordArray<LeaseRecord> leases = _daemon.Worker.State.Array<LeaseRecord>(SharedArray.Leases);
        int free = Enumerable.Range(0, leases.Capacity).First(i => leases[i].NetworkId == 0);
        PortRecord port = Enumerable.Range(0, 8).Select(i => _daemon.Worker.Ports[i]).First(p => p.Name.ToString() == (nic ?? "alpha:1"));
        leases[free] = new LeaseRecord
        {
            NetworkId = port.NetworkId,
            Mac = nic is null ? new MacAddress(0x525400000000UL + address % 256) : port.Mac,
            Address = IpAddress.FromV4(address),
            Expires = ended ? 1_000_000_000 : 4_000_000_000,
            HostName = Text64.From(hostName),
        };
    }
}
