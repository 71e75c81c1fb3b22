using Weft.Cli.Demo;
using Weft.Lab.Services;
using Weft.Model.Errors;

namespace Weft.Lab.BadInput;

/// <summary>Refusals for which processes are needed: the line that leads out is typed, and does.</summary>
public sealed class TryLineScene
{
    private const string Good = "networks: { lab: nat-network }\nvms: { alpha: [lab] }\n";
    private const string Nobody = "65534";

    [Scene]
    public async Task A_home_too_long_or_impossible_leads_to_another_with_the_same_file()
    {
        await using WeftHome home = new();
        string file = home.Folder.File("lab.weft.yml");
        await File.WriteAllTextAsync(file, Good);
        foreach ((string place, string code) in ((string, string)[])[(home.Folder.File(new string('x', 90)), ErrorCode.HomePathTooLong), ("/proc/weft", ErrorCode.HomeUnusable)])
        {
            Refusal refusal = Refusal.Parse(await new WeftCommand(place).TryAsync("up", file));
            Assert.Equal(code, refusal.Code);
            GuestResult tried = await refusal.TryItAsync(home);
            Assert.Contains("add NIC alpha:1", tried.Output);
        }
    }

    [Scene]
    public async Task A_second_daemon_leads_to_the_first()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        Refusal refusal = await Refusal.OfAsync(home, "daemon", "--home", home.Home);
        Assert.Equal(ErrorCode.SecondDaemon, refusal.Code);
        Assert.Contains("alpha:1", (await refusal.TryItAsync(home)).Output);
    }

    [Scene]
    public async Task Lanes_change_and_what_ran_runs_again()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        File.Move(home.Folder.File("lab.weft.yml"), home.Folder.File("away.yml"));
        Refusal refusal = await Refusal.OfAsync(home, "up", "--lanes", "2");
        Assert.Equal(ErrorCode.LanesRunning, refusal.Code);
        Assert.True((await refusal.TryItAsync(home)).Ok);
        Assert.Equal(2, (await home.StatusAsync()).Worker.Lanes.Length);
        Assert.Equal("alpha:1", Assert.Single(Assert.Single((await home.StatusAsync()).Networks).Ports).Name);
    }

    [Scene]
    public async Task A_damaged_store_is_moved_away()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        await home.Weft.RunAsync("down");
        Directory.CreateDirectory($"{home.Home}/state/networks");
        await File.WriteAllTextAsync($"{home.Home}/state/networks/lab.json", "{");
        Refusal refusal = await Refusal.OfAsync(home, "up", home.Folder.File("lab.weft.yml"));
        Assert.Equal(ErrorCode.StoreDamaged, refusal.Code);
        Assert.Contains("add NIC alpha:1", (await refusal.TryItAsync(home)).Output);
        Assert.True(File.Exists($"{home.Home}/state.damaged/networks/lab.json"));
    }

    /// <summary>No program lies in the PATH of this one: the shell that starts weftd finds no setsid.</summary>
    [Scene]
    public async Task A_weftd_that_ends_at_once_leads_to_its_log()
    {
        await using WeftHome home = new();
        string file = home.Folder.File("lab.weft.yml");
        await File.WriteAllTextAsync(file, Good);
        Refusal refusal = Refusal.Parse(await new WeftCommand(home.Home, "env", $"PATH={home.Folder.Path}").TryAsync("up", file));
        Assert.Equal(ErrorCode.DaemonFailed, refusal.Code);
        GuestResult tried = await refusal.TryItAsync(home);
        Assert.Contains("setsid", tried.Output);
        Assert.Contains("add NIC alpha:1", tried.Output);
    }

    [Scene]
    public async Task A_filter_or_point_that_is_wrong_leads_to_a_capture()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        foreach ((string[] words, string code) in ((string[], string)[])[(["capture", "lab", "-w", "lab.pcapng", "--filter", "prt 80"], ErrorCode.BadFilter), (["capture", "labb", "-w", "x.pcapng"], ErrorCode.UnknownPoint)])
        {
            Refusal refusal = await Refusal.OfAsync(home, words);
            Assert.Equal(code, refusal.Code);
            // It would go on until Ctrl-C.
            GuestResult tried = await (refusal with { Try = $"timeout --preserve-status -s INT 2 {refusal.Try}" }).TryItAsync(home);
            Assert.True(tried.Ok, tried.Output);
            Assert.Contains("bytes to lab.pcapng; none missed", tried.Output);
        }
    }

    [Scene(Needs.Root)]
    public async Task Somebody_elses_weft_leads_to_ones_own()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        foreach (string path in (string[])[home.Folder.Path, home.Home, $"{home.Home}/run"])
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
        }
        string own = Directory.CreateDirectory(home.Folder.File("nobody")).FullName;
        string[] nobody = ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups", "env", $"HOME={own}", $"PATH={AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}"];
        Refusal refusal = Refusal.Parse(await new WeftCommand(home.Home, nobody).TryAsync("status"));
        Assert.Equal(ErrorCode.NotPermitted, refusal.Code);
        GuestResult tried = await Shell.RunAsync([.. nobody, "sh", "-c", $"exec 2>&1; {refusal.Try}"]);
        Assert.Contains($"error W3002: no Weft runs here\nwhy: neither weftd nor a worker answers in {own}/.local/state/weft/run\n", tried.Output);
    }
}
