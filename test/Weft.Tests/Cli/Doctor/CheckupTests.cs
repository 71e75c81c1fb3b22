using System.Net;
using System.Text;
using Weft.Cli.Doctor;
using Weft.Model.Api;
using Weft.Model.Planning;
using Weft.Tests.Model;

namespace Weft.Tests.Cli.Doctor;

/// <summary>The checks are functions of the facts: each finds its own fault, and nothing else.</summary>
public sealed class CheckupTests
{
    private static readonly HostFacts Sound = new()
    {
        Home = "/home/me/weft",
        Kernel = "6.12.1-amd64",
        Limits = "Limit  Soft  Hard  Units\nMax open files            1048576              1048576              files\n",
        PingRange = "0\t2147483647\n",
        Status = "Name:\tweft\nGid:\t1000\t1000\t1000\t1000\nGroups:\t27 1000\n",
        Memory = "HugePages_Free:        0\n",
        HomeFree = 1L << 40,
        LongestPath = 60,
        Routes = [Route("0.0.0.0/0", "eth0"), Route("192.168.1.0/24", "eth0")],
        ResolvConf = "nameserver 127.0.0.53\n",
        Subnets = [("lab", "10.20.0.0/24")],
        Version = "1.2.3",
        Executable = "/usr/bin/weft",
        Processes = [("weftd", 5, "/usr/bin/weft")],
        Running = Status(),
        WorkerAnswers = true,
    };

    public static TheoryData<string, string> Faults => new()
    {
        { "kernel", Finding.Fail }, { "descriptors", Finding.Fail }, { "ping", Finding.Fail }, { "tun", Finding.Warn }, { "home", Finding.Fail },
        { "space", Finding.Fail }, { "paths", Finding.Fail }, { "sockets", Finding.Warn }, { "subnets", Finding.Fail }, { "resolvers", Finding.Fail },
        { "outside", Finding.Warn }, { "firewall", Finding.Warn }, { "weft", Finding.Warn }, { "versions", Finding.Warn }, { "restarts", Finding.Warn },
        { "status", Finding.Fail },
    };

    [Fact]
    public void A_sound_host_has_nothing_to_mend()
    {
        Checkup checkup = Checkup.Of(Sound);

        Assert.True(checkup.Healthy);
        Assert.All(checkup.Findings, f => Assert.True(f.State is Finding.Ok or Finding.Hint && f.Try is null, f.ToString()));
        Assert.EndsWith("all is well\n", CheckupPicture.Render(checkup, color: false));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_fault_is_found_alone_with_what_mends_it(string subject, string state)
    {
        Checkup checkup = Checkup.Of(With(subject));

        Finding[] found = [.. checkup.Findings.Where(f => f.State is Finding.Fail or Finding.Warn)];
        Finding finding = Assert.Single(found);
        Assert.Equal((subject, state), (finding.Subject, finding.State));
        Assert.False(string.IsNullOrWhiteSpace(finding.Try));
        Assert.Equal(state != Finding.Fail, checkup.Healthy);
        Assert.Contains($"  try: {finding.Try}\n", CheckupPicture.Render(checkup, color: false));
    }

    /// <summary>Golden: a sound host, and under each fault what then is another line.</summary>
    [Fact]
    public void What_a_checkup_shows()
    {
        string sound = CheckupPicture.Render(Checkup.Of(Sound), color: false);
        string[] lines = sound.Split('\n');
        StringBuilder shown = new(sound);
        foreach (object[] fault in Faults)
        {
            string[] others = [.. CheckupPicture.Render(Checkup.Of(With((string)fault[0])), color: false).Split('\n').Except(lines)];
            shown.Append($"## {fault[0]}\n").AppendJoin('\n', others).Append('\n');
        }
        string path = Repository.PathOf($"{Transcript.Folder}/doctor.txt");
        Transcript.Compare(path, File.Exists(path) ? File.ReadAllText(path) : "", _ => shown.ToString());
    }

    [Fact]
    public void A_host_on_which_no_weft_runs_is_sound()
    {
        Checkup checkup = Checkup.Of(Sound with { Running = null, Processes = [], WorkerAnswers = false, Subnets = [] });

        Assert.True(checkup.Healthy);
        Assert.Contains(checkup.Findings, f => f is { Subject: "weft", State: Finding.Hint });
    }

    [Theory]
    [InlineData(null, Finding.Hint)]
    [InlineData("[Resolve]\n#DNS=\n", Finding.Warn)]
    [InlineData("[Resolve]\nDNS=127.0.0.1:5355\nDomains=~weft.internal\n", Finding.Warn)]
    [InlineData("[Resolve]\nDNS=127.0.0.1:5354\n", Finding.Warn)]
    [InlineData("[Resolve]\nDNS=1.1.1.1\n[Resolve]\nDNS=127.0.0.1:5354\nDomains=~weft.internal\n", Finding.Warn)]
    [InlineData("[Resolve]\nFallbackDNS=1.1.1.1\nDNS=127.0.0.1:5354\nDomains=~lab ~weft.internal\n", Finding.Ok)]
    public void Whether_resolved_asks_for_names_is_looked_at_where_they_are_answered(string? told, string state)
    {
        HostFacts facts = Sound with { ResolvedConf = told };
        Assert.DoesNotContain(Checkup.Of(facts).Findings, f => f.Subject == "names");

        facts = facts with { Running = Sound.Running! with { NameServer = new NameServerDocument("127.0.0.1:5354", null, 0, 0) } };

        Finding finding = Checkup.Of(facts).Findings.Single(f => f.Subject == "names");
        Assert.Equal((state, state == Finding.Warn), (finding.State, finding.Try is not null));
    }

    [Fact]
    public void A_vpn_is_named_as_one() => Assert.Contains(", a VPN",
        Checkup.Of(Sound with { Routes = [.. Sound.Routes, Route("10.0.0.0/8", "wg0")] }).Findings.Single(f => f.Fails).Text);

    [Theory]
    [InlineData("1 0", "Gid: 0 0 0 0\nGroups: 0", false)]
    [InlineData("0 0", "Gid: 1000 1000 1000 1000\nGroups: 27", false)]
    [InlineData("0 0", "Gid: 0 0 0 0\nGroups:", true)]
    [InlineData("1000 2000", "Gid: 5 5 5 5\nGroups: 7 1500", true)]
    public void Who_may_ping_is_who_the_kernel_lets(string range, string status, bool allowed) =>
        Assert.Equal(allowed, Weft.Model.PingGroups.Allows(range, status));

    private static HostFacts With(string fault) => fault switch
    {
        "kernel" => Sound with { Kernel = "4.19.0-26-amd64" },
        "descriptors" => Sound with { Limits = "Max open files  1024  1024  files" },
        "ping" => Sound with { PingRange = "1\t0" },
        "tun" => Sound with { TunProblem = "it is not there" },
        "home" => Sound with { HomeProblem = "Read-only file system" },
        "space" => Sound with { HomeFree = 1 << 20 },
        "paths" => Sound with { LongestPath = 120 },
        "sockets" => Sound with { StaleSockets = ["/home/me/weft/run/worker.sock"] },
        "subnets" => Sound with { Routes = [.. Sound.Routes, Route("10.20.0.0/16", "eth1")] },
        "resolvers" => Sound with { ResolvConf = "search lan\n" },
        "outside" => Sound with { Routes = [Route("192.168.1.0/24", "eth0")] },
        "firewall" => Sound with { Firewalls = ["ufw"], Forwards = ["0.0.0.0:8080:alpha:80/tcp"] },
        "weft" => Sound with { Version = "2.0.0" },
        "versions" => Sound with { Processes = [("worker", 7, "/usr/bin/weft (deleted)")] },
        "restarts" => Sound with { Running = Status() with { Worker = new WorkerDocument("ok", 7, 3, 1, 0, 0) }, LastWords = ["worker 7 ended (signal 9)"] },
        "status" => Sound with { Running = Status() with { Problems = [new ProblemDocument("no keeper", true, "weft status")] } },
        _ => throw new ArgumentException(fault),
    };

    private static StatusDocument Status() => new() { Version = "1.2.3", Home = "/home/me/weft", Worker = new WorkerDocument("ok", 7, 0, 0, 0, 0) };

    private static HostRoute Route(string destination, string by) => new(IPNetwork.Parse(destination), by);
}
