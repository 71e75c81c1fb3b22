using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Daemon;

/// <summary>Networks, VMs and NICs as resources of the API.</summary>
public sealed class ObjectApiTests : IDisposable
{
    private readonly TestDaemon _daemon = new();

    public ObjectApiTests() => _daemon.Up("networks: { lab: { mode: nat-network, subnet: 10.20.0.0/24 } }\nvms: { alpha: [lab, nat] }\nforwards: [8080:alpha:80]\n");

    public void Dispose() => _daemon.Dispose();

    [Theory]
    [InlineData("/v1/networks/lab")]
    [InlineData("/v1/vms/alpha")]
    [InlineData("/v1/vms/alpha/nics/2")]
    public void What_is_read_can_be_put_and_changes_nothing(string path)
    {
        Dictionary<string, string> stored = _daemon.StoredFiles();
        string spec = Read(path).GetProperty("spec").GetRawText();

        Assert.Empty(_daemon.Changed("PUT", path, spec).Steps);
        Assert.Empty(_daemon.Changed("PATCH", path, "{}").Steps);

        Assert.Equal(stored, _daemon.StoredFiles());
    }

    [Fact]
    public void A_resource_is_made_changed_and_removed_and_the_worker_has_it()
    {
        Assert.Equal(["add network x"], _daemon.Changed("POST", "/v1/networks/x", "\"internal\"").Steps);
        Assert.Equal(["change network x"], _daemon.Changed("PATCH", "/v1/networks/x", """{ "mtu": 9000 }""").Steps);
        Assert.Equal(["add NIC beta:1"], _daemon.Changed("PUT", "/v1/vms/beta", """{ "nics": ["x"] }""").Steps);
        Assert.Equal(["add NIC beta:2"], _daemon.Changed("POST", "/v1/vms/beta/nics", """{ "net": "lab" }""").Steps);
        Assert.Equal(["change NIC beta:2"], _daemon.Changed("PATCH", "/v1/vms/beta/nics/2", """{ "net": "x" }""").Steps);
        Assert.Equal(["remove NIC beta:1"], _daemon.Changed("DELETE", "/v1/vms/beta/nics/1", null).Steps);
        Assert.Equal(["alpha:1", "alpha:2", "beta:2"], _daemon.Worker.Names(SharedArray.Ports));
        Assert.Equal(["lab", "nat/alpha:2", "x"], _daemon.Worker.Names(SharedArray.Networks));
        Assert.Equal(["remove NIC beta:2"], _daemon.Changed("DELETE", "/v1/vms/beta", null).Steps);
        Assert.Equal(["remove network x"], _daemon.Changed("DELETE", "/v1/networks/x", null).Steps);
        Assert.Empty(_daemon.Changed("DELETE", "/v1/networks/x", null).Steps);
    }

    [Theory]
    [InlineData("GET", "/v1/networks/x", null, 404, ErrorCode.UnknownNetwork)]
    [InlineData("PATCH", "/v1/networks/x", "{}", 404, ErrorCode.UnknownNetwork)]
    [InlineData("POST", "/v1/networks/lab", "{}", 409, ErrorCode.AlreadyThere)]
    [InlineData("PUT", "/v1/networks/x", "{", 400, ErrorCode.MalformedYaml)]
    [InlineData("PUT", "/v1/networks/x", "", 400, ErrorCode.WrongShape)]
    [InlineData("PUT", "/v1/networks/x", """{ "mode": "nat", "mtu": "x" }""", 400, ErrorCode.BadValue)]
    [InlineData("PUT", "/v1/networks/%2e%2e%2fx", "\"nat\"", 400, ErrorCode.BadName)]
    [InlineData("PATCH", "/v1/networks/lab", "{", 400, ErrorCode.BadRequest)]
    [InlineData("PATCH", "/v1/networks/lab", "[]", 400, ErrorCode.BadRequest)]
    [InlineData("PATCH", "/v1/networks/lab", "", 400, ErrorCode.BadRequest)]
    [InlineData("DELETE", "/v1/networks/lab", null, 409, ErrorCode.NetworkInUse)]
    [InlineData("GET", "/v1/vms/x", null, 404, ErrorCode.UnknownVm)]
    [InlineData("GET", "/v1/vms/x/nics", null, 404, ErrorCode.UnknownVm)]
    [InlineData("GET", "/v1/vms/alpha/nics/x", null, 404, ErrorCode.UnknownNic)]
    [InlineData("PUT", "/v1/vms/alpha/nics/0", "\"lab\"", 404, ErrorCode.UnknownNic)]
    [InlineData("GET", "/v1/leases?network=x", null, 404, ErrorCode.UnknownNetwork)]
    public void A_refusal_has_its_status_and_changes_nothing(string method, string path, string? body, int status, string code)
    {
        Dictionary<string, string> stored = _daemon.StoredFiles();

        (int actual, string text) = _daemon.Send(method, path, body);

        WeftError error = JsonSerializer.Deserialize(text, ApiJson.Default.WeftError)!;
        Assert.Equal((status, code), (actual, error.Code));
        Assert.Equal(0, error.Line);
        Assert.Equal(stored, _daemon.StoredFiles());
    }

    [Theory]
    [InlineData("{ \"mtu\": \"\\ud800\" }")]
    [InlineData("{ \"\\ud800\": 1 }")]
    [InlineData("{ \"mtu\": [[[[{}]]]] }")]
    [InlineData("{ \"dhcp\": { \"lease\": { \"x\": { \"y\": 1 } } } }")]
    [InlineData("{ \"mode\": { \"a\": 1 } }")]
    [InlineData("{ \"mtu\": 1e400 }")]
    [InlineData("\"\\u0000\"")]
    [InlineData("{ \"a\": 1, \"a\": 2 }")]
    [InlineData("{ \"attach\": {}, \"tap\": [], \"vhost-user\": 7, \"net\": [], \"nics\": {} }")]
    [InlineData("{ \"nics\": [[], {}, [{}], 7, \"\"] }")]
    [InlineData("&a [*a, *a]")]
    [InlineData("!!binary x")]
    public void A_body_that_makes_no_sense_is_refused_everywhere(string body)
    {
        foreach (string path in (string[])["/v1/networks/lab", "/v1/vms/alpha", "/v1/vms/alpha/nics/1"])
        {
            foreach (string method in (string[])["PUT", "PATCH"])
            {
                (int status, string text) = _daemon.Send(method, path, body);
                Assert.True(status is 400 or 404 or 409, $"{method} {path}: {status} {text}");
            }
        }
    }

    [Fact]
    public void A_body_is_bounded() => Assert.Equal(413, _daemon.Send("PUT", "/v1/networks/x", $"\"{new string('x', 2 << 20)}\"").Status);

    [Fact]
    public void Bodies_with_random_mistakes_are_answered_and_never_a_failure_of_ours()
    {
        const string odd = "{}[]\",:\\0a-\n&*!%@\u0001u";
        Random random = new(7);
        foreach (string path in (string[])["/v1/networks/lab", "/v1/vms/alpha", "/v1/vms/alpha/nics/1"])
        {
            string spec = Read(path).GetProperty("spec").GetRawText();
            for (int i = 0; i < 150; i++)
            {
                char[] body = spec.ToCharArray();
                for (int change = random.Next(1, 4); change > 0; change--)
                {
                    body[random.Next(body.Length)] = odd[random.Next(odd.Length)];
                }
                string text = new(body);
                (int status, string answer) = _daemon.Send(i % 2 == 0 ? "PUT" : "PATCH", path, text);
                Assert.True(status is 200 or 400 or 404 or 409 or 422, $"{status} for {path} {text}: {answer}");
            }
        }
    }

    [Fact]
    public void What_the_worker_refuses_is_not_wanted_afterwards()
    {
        Dictionary<string, string> stored = _daemon.StoredFiles();
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutPort ? Errno.ENOSPC : 0;

        Assert.Equal(507, _daemon.Send("PUT", "/v1/vms/beta", """{ "nics": ["lab"] }""").Status);

        _daemon.Worker.Refuse = (_, _) => 0;
        Assert.Equal(stored, _daemon.StoredFiles());
        Assert.Equal(404, _daemon.Send("GET", "/v1/vms/beta", null).Status);
    }

    [Fact]
    public void What_was_changed_is_there_after_a_restart_gaps_and_all()
    {
        _daemon.Changed("DELETE", "/v1/vms/alpha/nics/1", null);
        _daemon.Changed("PATCH", "/v1/networks/lab", """{ "started": false }""");
        _daemon.Stop();
        _daemon.Start(awaitUp: false);
        Eventually.True(() => _daemon.Status().Worker.State == "ok");

        Assert.Equal("stopped", Read("/v1/networks/lab").GetProperty("status").GetProperty("state").GetString());
        Assert.Equal(["alpha:2"], Read("/v1/nics").GetProperty("items").EnumerateArray().Select(nic => nic.GetProperty("name").GetString()));
        Assert.Equal(["alpha:2"], _daemon.Worker.Names(SharedArray.Ports));
    }

    [Fact]
    public void Leases_name_the_nic_that_has_them()
    {
        FakeWorker worker = _daemon.Worker;
        ref LeaseRecord lease = ref worker.State.Array<LeaseRecord>(SharedArray.Leases)[3];
        lease = new LeaseRecord { NetworkId = worker.Ports[0].NetworkId, Mac = worker.Ports[0].Mac, Address = IpAddress.FromV4(0x0a14000f), Expires = 1_800_000_000, HostName = Text64.From("debian") };
        worker.State.Array<LeaseRecord>(SharedArray.Leases)[1] = lease with { Address = IpAddress.FromV4(0x0a140009), Mac = default, HostName = default };
        worker.State.Array<LeaseRecord>(SharedArray.Leases)[0] = lease with { NetworkId = 999 };

        LeaseDocument[] leases = _daemon.Client.Get("/v1/leases?network=lab", ObjectJson.Default.LeaseList).Items;

        Assert.Equal(
            [
                new LeaseDocument("10.20.0.9", "lab", null, "00:00:00:00:00:00", null, "2027-01-15T08:00:00Z"),
                new LeaseDocument("10.20.0.15", "lab", "alpha:1", worker.Ports[0].Mac.ToString(), "debian", "2027-01-15T08:00:00Z"),
            ], leases);
        Assert.Empty(_daemon.Client.Get("/v1/leases?network=nat", ObjectJson.Default.LeaseList).Items);
        Assert.Equal(2, Read("/v1/networks/lab").GetProperty("status").GetProperty("leases").GetInt32());
        Assert.Equal("10.20.0.15", Read("/v1/vms/alpha/nics/1").GetProperty("status").GetProperty("address").GetString());
    }

    [Fact]
    public void A_forward_without_a_host_port_gets_the_first_free_one()
    {
        using TcpListener other = Listen(8000, 8099);
        int taken = ((IPEndPoint)other.LocalEndpoint).Port;
        List<int> given = [];
        for (int i = 0; i < 3; i++)
        {
            ForwardDocument forward = _daemon.AddForward($"alpha:{(i == 0 ? 22 : i == 1 ? 8080 : 4711)}").Forward!;
            Assert.Equal(("127.0.0.1", "alpha", "tcp"), (forward.Listen, forward.Guest, forward.Protocol));
            given.Add(forward.HostPort);
        }
        Assert.InRange(given[0], 2200, 2299);
        Assert.InRange(given[1], 8000, 8099);
        Assert.NotEqual(taken, given[1]);
        Assert.InRange(given[2], 10000, 19999);
        ChangeReply again = _daemon.AddForward("alpha:22");
        Assert.Equal((given[0], 0), (again.Forward!.HostPort, again.Steps.Length));
        Assert.NotEqual(given[2], _daemon.AddForward("alpha:4712").Forward!.HostPort);
    }

    [Fact]
    public void A_port_that_is_taken_between_the_look_and_the_bind_is_passed_by()
    {
        List<int> tried = [];
        _daemon.Worker.Refuse = (kind, record) =>
        {
            if (kind != CommandKind.PutForward)
            {
                return 0;
            }
            tried.Add(System.Runtime.InteropServices.MemoryMarshal.Read<ForwardRecord>(record).ListenPort);
            return tried.Count < 3 ? Errno.EADDRINUSE : 0;
        };

        int port = _daemon.AddForward("alpha:22").Forward!.HostPort;

        Assert.Equal(3, tried.Distinct().Count());
        Assert.Equal(tried[2], port);
    }

    private static TcpListener Listen(int first, int last)
    {
        for (int port = first; port <= last; port++)
        {
            try
            {
                TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return listener;
            }
            catch (SocketException)
            {
                // The next one.
            }
        }
        throw new InvalidOperationException("no port is free on this host");
    }

    private JsonElement Read(string path)
    {
        (int status, string text) = _daemon.Send("GET", path, null);
        Assert.True(status == 200, text);
        return JsonDocument.Parse(text).RootElement;
    }
}
