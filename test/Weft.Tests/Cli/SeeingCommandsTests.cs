using System.Text.Json;
using System.Xml.Linq;
using Weft.Cli.Output;
using Weft.Model.Errors;
using Weft.Tests.Daemon;

namespace Weft.Tests.Cli;

/// <summary>The commands that show, as their user has them.</summary>
[Collection(nameof(CommandLineTests))]
public sealed class SeeingCommandsTests : IDisposable
{
    private readonly TestDaemon _daemon = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-cli-").FullName;

    public void Dispose()
    {
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Events_logs_top_and_graph_show_what_runs()
    {
        string file = Path.Combine(_folder, "lab.weft.yml");
        File.WriteAllText(file, "networks: { lab: nat-network }\nvms: { alpha: [lab] }\n");
        Weft("up", file);

        string[] events = Weft("events").Output.TrimEnd().Split('\n');
        using JsonDocument first = JsonDocument.Parse(events[0]);
        Assert.Equal("change", first.RootElement.GetProperty("kind").GetString());
        Assert.Contains("add network lab", Weft("events", "-o", "text").Output);
        Assert.Contains(" weftd ", Weft("logs", "-n", "2").Output);
        Assert.Equal(2, Weft("logs", "-n", "2").Output.TrimEnd().Split('\n').Length);
        using JsonDocument top = JsonDocument.Parse(Weft("top", "-o", "json").Output);
        Assert.Equal("alpha:1", top.RootElement.GetProperty("items")[0].GetProperty("name").GetString());
        Assert.StartsWith("flowchart TB\n", Weft("graph").Output);
        Assert.StartsWith("graph weft {", Weft("graph", "--format", "dot").Output);
        XElement.Parse(Weft("graph", "--format", "svg").Output);
    }

    [Fact]
    public void What_cannot_be_shown_gets_three_lines_and_a_code()
    {
        string capture = Path.Combine(_folder, "x.pcapng");
        AssertRefused(ExitCode.NotRunning, ErrorCode.NotRunning, "capture", "lab", "-w", capture);
        AssertRefused(ExitCode.Usage, ErrorCode.BadFilter, "capture", "lab", "-w", capture, "--filter", "prot 80");
        AssertRefused(ExitCode.Usage, ErrorCode.BadValue, "capture", "lab", "-w", capture, "--size-limit", "-1");
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "capture");
        AssertRefused(ExitCode.Usage, ErrorCode.Usage, "graph", "--format", "png");
        Assert.False(File.Exists(capture));
        Weft("up");
        AssertRefused(ExitCode.NotFound, ErrorCode.UnknownPoint, "capture", "lab", "-w", capture);
        Assert.False(File.Exists(capture));
    }

    private void AssertRefused(int code, string errorCode, params string[] args)
    {
        (int actual, string output, string error) = Weft(args);
        Assert.Equal((code, ""), (actual, output));
        string[] lines = error.Split('\n');
        Assert.StartsWith($"error {errorCode}: ", lines[0]);
        TryLine.Check(lines[2]["try: ".Length..]);
    }

    private (int Code, string Output, string Error) Weft(params string[] args) => CommandLine.Run([.. args, "--home", _daemon.Home.Path]);
}
