using Weft.Cli.Demo;

namespace Weft.Lab.BadInput;

/// <summary>Topology files and arguments with mistakes: named by line and column, with what was meant, and nothing changes.</summary>
public sealed class BadFileScene
{
    private const string Good = "networks: { lab: nat-network }\nvms: { alpha: [lab] }\n";

    private static readonly (string File, string Code, string Says)[] Bad =
    [
        ("networks:\n  lab: [nat\n", "W1001", "bad.weft.yml:"),
        ("networks:\n  lab:\n    mode: nat-network\n    hostloopback: deny\n", "W1002", "bad.weft.yml:4:5: unknown key 'hostloopback'|did you mean 'host-loopback'?"),
        ("networks:\n  lab: nat-networ\n", "W1006", "bad.weft.yml:2:8:|did you mean 'nat-network'?"),
        ("networks: { lab: nat-network }\nvms: { alpha: [labb] }\n", "W1101", "bad.weft.yml:2:|unknown network 'labb'|did you mean 'lab'?"),
        ("networks: { lab: nat-network }\nvms: { alpha: [lab] }\nforwards: [8080:alhpa:80]\n", "W1106", "bad.weft.yml:3:|unknown vm 'alhpa'"),
    ];

    [Scene]
    public async Task A_bad_file_starts_nothing()
    {
        await using WeftHome home = new();
        foreach ((string file, string code, string says) in Bad)
        {
            Refusal refusal = await UpAsync(home, file);
            Meets(refusal, code, says);
            await refusal.TryItAsync(home);
            Assert.False(Directory.Exists(home.Home));
        }
    }

    [Scene]
    public async Task A_bad_file_changes_nothing_that_runs()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        File.Delete(home.Folder.File("lab.weft.yml"));
        string before = await WholeState.ReadAsync(home);
        foreach ((string file, string code, string says) in Bad)
        {
            Meets(await UpAsync(home, file), code, says);
        }

        Assert.Equal(before, await WholeState.ReadAsync(home));
    }

    [Scene]
    public async Task Unknown_names_and_words_are_refused_with_what_there_is()
    {
        await using WeftHome home = await WeftHome.UpAsync(Good);
        string before = await WholeState.ReadAsync(home);
        (string Line, int Exit, string Code)[] cases =
        [
            ("forward add 8080:beta:80", 3, "W1106"),
            ("forward add nonsense", 2, "W1010"),
            ("forward rm nonsense", 2, "W1010"),
            ("nic unplug beta:1", 3, "W1106"),
            ("nic plug alpha:2", 3, "W2001"),
            ("nic plug alpha", 2, "W3001"),
            ("vm args beta --for uml", 3, "W1106"),
            ("vm args alpha --for netns", 4, "W2017"),
            ("vm args alpha --for virtualbox", 4, "W2017"),
            ("vm args alpha --for xen", 2, "W3001"),
            ("up nowhere.yml", 3, "W3003"),
            ("bogus", 2, "W3001"),
        ];
        List<Refusal> refusals = [];
        foreach ((string line, int exit, string code) in cases)
        {
            Refusal refusal = await Refusal.OfAsync(home, line.Split(' '));
            Assert.Equal((line, exit, code), (line, refusal.Exit, refusal.Code));
            refusals.Add(refusal);
        }

        Assert.Equal(before, await WholeState.ReadAsync(home));
        foreach (Refusal refusal in refusals.DistinctBy(r => r.Try))
        {
            await refusal.TryItAsync(home);
        }
    }

    [Scene]
    public async Task Where_nothing_runs_that_is_said()
    {
        await using WeftHome home = new();
        foreach (string line in (string[])["status", "forward ls", "nic plug alpha:1", "vm args alpha --for uml"])
        {
            Refusal refusal = Refusal.Parse(await home.Weft.TryAsync(line.Split(' ')));
            Assert.Equal((6, "weft up"), (refusal.Exit, refusal.Try));
        }

        Assert.False(Directory.Exists(home.Home));
    }

    private static async Task<Refusal> UpAsync(WeftHome home, string text)
    {
        string file = home.Folder.File("bad.weft.yml");
        await File.WriteAllTextAsync(file, text);
        return await Refusal.OfAsync(home, "up", file);
    }

    private static void Meets(Refusal refusal, string code, string says)
    {
        Assert.Equal(code, refusal.Code);
        Assert.All(says.Split('|'), part => Assert.Contains(part, $"{refusal.Message} {refusal.Why}"));
    }
}
