using Weft.Cli.Output;
using Weft.Daemon.Store;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Tests.Daemon;

/// <summary>Plans, the text that was applied, the history and the way back.</summary>
public sealed partial class ApiTests
{
    private const string Commented = """
        # my lab
        networks:
          lab: { mode: nat-network, subnet: 10.20.0.0/24 }   # the front
          quiet: internal
        vms:
          alpha: [lab, quiet]
          beta: [lab]
        forwards:
          - 8080:alpha:80   # the web

        """;

    [Fact]
    public void A_plan_says_what_up_would_change_and_changes_nothing()
    {
        _daemon.Up(Lab);
        string stored = File.ReadAllText($"{_daemon.Home.State}/journal");
        lock (_daemon.Worker.Commands)
        {
            _daemon.Worker.Commands.Clear();
        }
        string next = Lab.Replace("10.20.0.0/24", "10.21.0.0/24").Replace("quiet", "dark").Replace("8080", "8081").Replace("beta: [lab]", "beta: [{ net: lab, attach: seqpacket }]");

        PlanDocument plan = _daemon.Plan(next);

        Assert.Equal(
            [
                "+ network dark: mode internal", "~ network lab: subnet 10.20.0.0/24 → 10.21.0.0/24 (made anew)", "- network quiet",
                "~ NIC alpha:2: net quiet → dark", "~ NIC beta:1: attach vhost-user → seqpacket (made anew)",
                "- forward 8080:alpha:80/tcp", "+ forward 8081:alpha:80/tcp",
            ],
            plan.Items.Select(i => i.ToString()));
        Assert.Empty(_daemon.Worker.Commands);
        Assert.Equal(stored, File.ReadAllText($"{_daemon.Home.State}/journal"));
        Assert.Equal(plan.Items.Select(i => i.ToString()), _daemon.Up(next).Changes.Select(i => i.ToString()));
        Assert.Empty(_daemon.Plan(next).Items);
        Assert.Empty(_daemon.Plan(null).Items);
    }

    [Fact]
    public void A_plan_is_refused_where_up_would_be()
    {
        Assert.Equal(["+ network lab: mode nat-network", "+ vm a", "+ NIC a:1: net lab"],
            _daemon.Plan("networks: { lab: nat-network }\nvms: { a: [lab] }").Items.Select(i => i.ToString()));
        Assert.Equal(0, _daemon.Keepers.Starts);
        _daemon.Routes.Add(new Weft.Model.Planning.HostRoute(System.Net.IPNetwork.Parse("10.20.0.0/24"), "eth9"));

        WeftError error = Refusal(() => _daemon.Plan(Lab), ExitCode.Conflict);

        Assert.Equal((ErrorCode.SubnetCollides, "${EDITOR:-vi} lab.weft.yml && weft plan lab.weft.yml"), (error.Code, error.Try));
        Assert.Equal(ErrorCode.UnknownMode, Refusal(() => _daemon.Plan("networks: { lab: nat-netwrk }"), ExitCode.Failed).Code);
    }

    [Fact]
    public void Apply_needs_something_that_runs()
    {
        ChangeReply Apply() => _daemon.Client.Post(ApiPaths.Apply, new UpRequest(Lab, "lab.weft.yml"), ApiJson.Default.UpRequest, ApiJson.Default.ChangeReply);
        Assert.Equal((ErrorCode.NotRunning, "weft up lab.weft.yml"), Refusal(() => Apply(), ExitCode.NotRunning) is var e ? (e.Code, e.Try) : default);
        Assert.Equal(0, _daemon.Keepers.Starts);
        _daemon.Up(null);

        Assert.Equal("- network default", Apply().Changes[0].ToString());
        Assert.Equal("apply lab.weft.yml", _daemon.History()[0].What);
    }

    [Fact]
    public void The_applied_text_comes_out_as_it_went_in_and_with_what_was_changed_since()
    {
        _daemon.Up(Commented);
        Assert.Equal(new ExportDocument("lab.weft.yml", Commented), _daemon.Export());

        _daemon.AddForward("5353:beta:53/udp");
        Assert.Equal(Commented.Replace("# the web\n", "# the web\n  - 5353:beta:53/udp\n"), _daemon.Export().Text);
        Plug("alpha", 2, false);
        _daemon.Stop();
        _daemon.Start(awaitUp: false);

        string text = _daemon.Export().Text;

        Assert.Equal(Commented.Replace("# the web\n", "# the web\n  - 5353:beta:53/udp\n").Replace("[lab, quiet]", "[lab, { net: quiet, plugged: false }]"), text);
        Assert.Empty(_daemon.Up(text).Steps);
        Assert.Equal(text, _daemon.Export().Text);
    }

    [Fact]
    public void What_was_started_without_a_file_is_exported_in_short()
    {
        _daemon.Up(null, null!);

        Assert.Equal(new ExportDocument(null, "networks:\n  default: nat-network\n"), _daemon.Export());
        Assert.Equal("up", Assert.Single(_daemon.History()).What);
    }

    [Fact]
    public void The_history_has_every_change_and_what_it_changed()
    {
        Assert.Empty(_daemon.History());
        _daemon.Up(Lab);
        _daemon.Up(Lab);
        _daemon.AddForward("5353:beta:53/udp");
        _daemon.AddForward("5353:beta:53/udp");
        Plug("alpha", 1, false);
        _daemon.Worker.Refuse = (_, _) => Errno.EADDRINUSE;
        Refusal(() => _daemon.AddForward("81:beta:81"), ExitCode.Conflict);

        Assert.Equal(["nic unplug alpha:1", "forward add 5353:beta:53/udp", "up lab.weft.yml"], _daemon.History().Select(h => h.What));
        Assert.Equal([3, 2, 1], _daemon.History().Select(h => h.Number));
        Assert.InRange(_daemon.History()[0].Time, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.Equal(["~ NIC alpha:1: plugged true → false"], DifferenceOf(3));
        Assert.Equal(["+ forward 5353:beta:53/udp"], DifferenceOf(2));
        Assert.Contains("+ vm alpha", DifferenceOf(1));
        Assert.Equal(ErrorCode.UnknownChange, Refusal(() => DifferenceOf(4), ExitCode.NotFound).Code);
        Assert.Equal(ErrorCode.UnknownChange, Refusal(() => DifferenceOf(0), ExitCode.NotFound).Code);
    }

    [Fact]
    public void Undo_goes_back_and_undo_of_undo_forth_again()
    {
        Assert.Equal(ErrorCode.NotRunning, Refusal(() => _daemon.Undo(), ExitCode.NotRunning).Code);
        _daemon.Up(Commented);
        _daemon.Up(Lab.Replace("quiet", "dark").Replace("10.20.", "10.33."));
        Dictionary<string, string> second = _daemon.StoredFiles();

        Assert.Contains("~ network lab: subnet 10.33.0.0/24 → 10.20.0.0/24 (made anew)", _daemon.Undo().Changes.Select(c => c.ToString()));
        Assert.Equal(Commented, _daemon.Export().Text);
        Assert.Equal(["lab", "quiet"], _daemon.Worker.Names(SharedArray.Networks));
        _daemon.Undo();

        Assert.Equal(second, _daemon.StoredFiles());
        Assert.Equal(["dark", "lab"], _daemon.Worker.Names(SharedArray.Networks));
        Assert.Equal(["undo 3", "undo 2", "up lab.weft.yml", "up lab.weft.yml"], _daemon.History().Select(h => h.What));
    }

    [Fact]
    public void Undo_of_an_earlier_change_undoes_what_came_after_it_in_one_change()
    {
        _daemon.Up(Commented);
        Dictionary<string, string> first = _daemon.StoredFiles();
        _daemon.AddForward("5353:beta:53/udp");
        _daemon.Up(Lab.Replace("quiet", "dark"));
        Dictionary<string, string> last = _daemon.StoredFiles();

        Assert.Equal(["+ network quiet: mode internal", "- network dark", "~ NIC alpha:2: net dark → quiet"],
            _daemon.Undo(2).Changes.Select(c => c.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal(first, _daemon.StoredFiles());
        Assert.Equal(["undo 2", "up lab.weft.yml", "forward add 5353:beta:53/udp"], _daemon.History().Take(3).Select(h => h.What));
        _daemon.Undo();
        Assert.Equal(last, _daemon.StoredFiles());

        foreach (long never in (long[])[0, 6, -1, long.MaxValue])
        {
            Assert.Equal(ErrorCode.UnknownChange, Refusal(() => _daemon.Undo(never), ExitCode.NotFound).Code);
        }
    }

    [Fact]
    public void The_first_change_can_be_undone_too()
    {
        _daemon.Up("networks: { a: nat-network, b: nat-network }");
        _daemon.Undo();
        Assert.Empty(_daemon.Worker.Names(SharedArray.Networks));

        _daemon.Undo();

        Assert.Equal(["a", "b"], _daemon.Worker.Names(SharedArray.Networks));
        Assert.Equal("networks: { a: nat-network, b: nat-network }", _daemon.Export().Text);
    }

    [Fact]
    public void An_undo_that_is_refused_changes_nothing()
    {
        _daemon.Up(Lab);
        _daemon.Client.Delete(ApiPaths.ForwardOf("8080"), ApiJson.Default.ChangeReply);
        Dictionary<string, string> stored = _daemon.StoredFiles();
        _daemon.Worker.Refuse = (kind, _) => kind == CommandKind.PutForward ? Errno.EADDRINUSE : 0;

        Assert.Equal(ErrorCode.PortInUse, Refusal(() => _daemon.Undo(), ExitCode.Conflict).Code);

        Assert.Equal(stored, _daemon.StoredFiles());
        Assert.Equal(2, _daemon.History().Length);
        _daemon.Worker.Refuse = (_, _) => 0;
        Assert.Equal(["add forward 8080:alpha:80/tcp"], _daemon.Undo().Steps);
    }

    [Fact]
    public void The_history_outlives_weftd_and_down_and_is_bounded()
    {
        _daemon.Up(Lab);
        for (int i = 0; i < History.Most; i++)
        {
            Plug("alpha", 1, i % 2 == 1);
        }
        _daemon.Client.Post(ApiPaths.Down, ApiJson.Default.DownReply);
        Assert.True(_daemon.WaitForEnd());
        _daemon.Start(awaitUp: true);

        HistoryItem[] items = _daemon.History();

        Assert.Equal((History.Most, "down", History.Most + 2L), (items.Length, items[0].What, items[0].Number));
        Assert.Equal(History.Most, Directory.GetFiles($"{_daemon.Home.State}/history").Length);
        Assert.Contains("- network lab", DifferenceOf(History.Most + 2));
        Assert.Equal(["~ NIC alpha:1: plugged true → false"], DifferenceOf(items[^1].Number + 1));
        _daemon.Up(Lab);
        Assert.Equal(History.Most + 3L, _daemon.History()[0].Number);
    }

    [Fact]
    public void A_damaged_entry_ends_the_history_and_nothing_else()
    {
        _daemon.Up(Lab);
        _daemon.AddForward("81:beta:81");
        _daemon.AddForward("82:beta:82");
        _daemon.Stop();
        File.WriteAllText($"{_daemon.Home.State}/history/000000000002.json", "{");
        _daemon.Start(awaitUp: false);

        Assert.Equal([3], _daemon.History().Select(h => h.Number));
        Assert.Equal(["remove forward 82:beta:82/tcp"], _daemon.Undo().Steps);
    }

    private string[] DifferenceOf(long number) =>
        [.. _daemon.Client.Get(ApiPaths.ChangeOf(number), ApiJson.Default.PlanDocument).Items.Select(i => i.ToString())];
}
