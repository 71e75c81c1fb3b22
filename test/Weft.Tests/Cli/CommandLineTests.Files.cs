using System.Diagnostics;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Tests.Cli;

/// <summary>Commands around the topology file and the history.</summary>
public sealed partial class CommandLineTests
{
    private const string Commented = "networks:\n  lab: nat-network   # ours\nvms:\n  alpha: [lab]\nforwards:\n  - 8080:alpha:80\n";

    [Fact]
    public void A_file_and_its_changes()
    {
        string file = FileOf(Commented);
        string next = FileOf(Commented.Replace("nat-network ", "{ mode: nat-network, mtu: 9000 } "), "next.weft.yml");

        Assert.Equal((7, "+ network lab: mode nat-network\n+ vm alpha\n+ NIC alpha:1: net lab\n+ forward 8080:alpha:80/tcp\n", ""), Weft("plan", file));
        Weft("up", file);
        Assert.Equal((0, "nothing to change\n", ""), Weft("plan", file));
        Assert.Equal((7, "~ network lab: mtu 1500 → 9000\n", ""), Weft("plan", next));
        Assert.Equal((0, "~ network lab: mtu 1500 → 9000\n", ""), Weft("apply", next));
        Assert.Equal((0, "nothing to change\n", ""), Weft("apply", next));
        Assert.Equal((0, File.ReadAllText(next), ""), Weft("export"));
        Weft("forward", "add", "5353:alpha:53/udp");
        Assert.Equal((0, File.ReadAllText(next) + "  - 5353:alpha:53/udp\n", ""), Weft("export"));
        Assert.Matches($"^3  (just now|[0-9]+ s ago) +forward add 5353:alpha:53/udp\n2  .* ago +apply {next}\n1  .* ago +up {file}\n$", Weft("history").Output.Replace("just now", "0 s ago"));
        Assert.Equal((0, "+ forward 5353:alpha:53/udp\n", ""), Weft("diff", "3"));
        Assert.Equal((0, "- forward 5353:alpha:53/udp\n", ""), Weft("undo"));
        Assert.Equal((0, "+ forward 5353:alpha:53/udp\n", ""), Weft("undo"));
        Assert.Equal((0, "+ forward 5353:alpha:53/udp\n", ""), Weft("diff", "5"));
        Assert.Equal((0, "~ network lab: mtu 9000 → 1500\n- forward 5353:alpha:53/udp\n", ""), Weft("undo", "2"));
        AssertRefused(ExitCode.NotFound, ErrorCode.UnknownChange, "diff", "9");
        AssertRefused(ExitCode.NotFound, ErrorCode.UnknownChange, "undo", "9");
    }

    [Fact]
    public void What_programs_read_is_json()
    {
        string file = FileOf(Commented);
        Weft("up", file);

        using JsonDocument plan = JsonDocument.Parse(Weft("plan", FileOf(Commented.Replace("alpha: [lab]", "alpha: [{ net: lab, plugged: false }]"), "next.weft.yml"), "-o", "json").Output);
        JsonElement item = Assert.Single(plan.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal(("v1", "Plan", "change", "nic", "alpha:1"), (plan.RootElement.GetProperty("apiVersion").GetString(),
            plan.RootElement.GetProperty("kind").GetString(), item.GetProperty("action").GetString(), item.GetProperty("kind").GetString(),
            item.GetProperty("name").GetString()));
        JsonElement setting = Assert.Single(item.GetProperty("settings").EnumerateArray());
        Assert.Equal(("plugged", "true", "false"), (setting.GetProperty("name").GetString(), setting.GetProperty("from").GetString(), setting.GetProperty("to").GetString()));

        using JsonDocument history = JsonDocument.Parse(Weft("history", "-o", "json").Output);
        JsonElement first = Assert.Single(history.RootElement.GetProperty("items").EnumerateArray());
        Assert.Equal((1, $"up {file}"), (first.GetProperty("number").GetInt32(), first.GetProperty("what").GetString()));
        Assert.InRange(first.GetProperty("time").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);

        Topology exported = TopologyFile.Read(Weft("export", "-o", "json").Output, "f").Require();
        Assert.Equal(TopologyFile.Read(Commented, "f").Require(), exported);
        JsonDocument.Parse(Weft("export", "-o", "json").Output).Dispose();
        JsonDocument.Parse(Weft("diff", "1", "-o", "json").Output).Dispose();
        Assert.Equal(TopologySchema.Text, Weft("schema").Output);
    }

    [Fact]
    public void A_file_is_checked_without_a_daemon()
    {
        string good = FileOf(Commented);
        string bad = FileOf("networks:\n  lab: nat-netwrk\n  old: { mode: nat, mut: 3 }\nvms:\n  A: []\n", "bad.weft.yml");

        Assert.Equal((0, "ok: 1 network, 1 VM, 1 forward\n", ""), CommandLine.Run("validate", good, "--home", "/nowhere"));
        (int code, string output, string error) = CommandLine.Run("validate", bad, "--home", "/nowhere");
        Assert.Equal((ExitCode.Failed, ""), (code, output));
        Assert.Equal(
            $"""
            error W1006: {bad}:2:8: unknown mode 'nat-netwrk' of network 'lab'
            why: did you mean 'nat-network'? the modes are nat, nat-network, internal
            error W1002: {bad}:3:21: unknown key 'mut' in network 'old'
            why: did you mean 'mtu'? the keys of a network are mode, subnet, dhcp, dns, names, host-loopback, mtu, polling, source, force, started
            error W1005: {bad}:5:3: 'A' is not a name
            why: {Names.Rule}
            try: $EDITOR +2 {bad} && weft validate {bad}

            """.Replace("$EDITOR", "${EDITOR:-vi}"), error);
        using JsonDocument json = JsonDocument.Parse(CommandLine.Run("validate", bad, "-o", "json").Output);
        Assert.False(json.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal([(2, 8), (3, 21), (5, 3)], json.RootElement.GetProperty("items").EnumerateArray()
            .Select(e => (e.GetProperty("line").GetInt32(), e.GetProperty("column").GetInt32())));
        AssertRefused(ExitCode.NotFound, ErrorCode.NoFile, "validate", "/no/such.weft.yml");
    }

    [Fact]
    public void Where_nothing_runs_a_plan_is_everything_and_starts_nothing()
    {
        HomeFolder home = new(Path.Combine(_folder, "home"));
        string file = FileOf(Commented);

        Assert.Equal((7, "+ network lab: mode nat-network\n+ vm alpha\n+ NIC alpha:1: net lab\n+ forward 8080:alpha:80/tcp\n" +
            "note: nothing runs: 'weft up' would start it all\n", ""), CommandLine.Run("plan", file, "--home", home.Path));
        foreach (string[] command in (string[][])[["apply", file], ["export"], ["history"], ["diff", "1"], ["undo"]])
        {
            (int code, string output, string error) = CommandLine.Run([.. command, "--home", home.Path]);
            Assert.Equal((ExitCode.NotRunning, ""), (code, output));
            AssertThreeLines(error, ErrorCode.NotRunning);
            Assert.EndsWith($"try: weft --home {home.Path} up{(command[0] == "apply" ? $" {file}" : "")}\n", error);
        }
        Assert.False(Directory.Exists(home.Path));
    }

    [Fact]
    public void What_is_no_topology_by_its_length_is_not_read()
    {
        string huge = Path.Combine(_folder, "huge.weft.yml");
        using (FileStream stream = File.Create(huge))
        {
            stream.SetLength(100 << 20);
        }
        foreach (string command in (string[])["validate", "plan", "up", "apply"])
        {
            foreach (string file in (string[])[huge, "/dev/zero"])
            {
                // Of this thread: others allocate for tests of their own.
                long before = GC.GetAllocatedBytesForCurrentThread();
                (int code, _, string error) = Weft(command, file);

                Assert.Equal(ExitCode.Failed, code);
                AssertThreeLines(error, ErrorCode.FileTooLarge);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
            }
        }
        Assert.False(ApiClient.WorkerAnswers(_daemon.Home));
    }

    private string FileOf(string text, string name = "lab.weft.yml")
    {
        string file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}
