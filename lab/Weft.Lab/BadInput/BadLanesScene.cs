namespace Weft.Lab.BadInput;

/// <summary>Lanes that cannot be, and lanes of a worker that runs.</summary>
public sealed class BadLanesScene
{
    [Scene]
    public async Task Lanes_that_cannot_be_are_refused_before_anything_starts()
    {
        await using WeftHome home = new();
        foreach (string[] wrong in (string[][])[["--lanes", "0"], ["--lanes", "17"], ["--lanes", "two"], ["--pin", "9999"], ["--pin", "0,0"], ["--pin", ""], ["--lanes", "1", "--pin", "0,1"]])
        {
            Refusal refusal = await Refusal.OfAsync(home, ["up", .. wrong]);
            Assert.Equal((2, "W1007"), (refusal.Exit, refusal.Code));
            Assert.False(File.Exists(Path.Combine(home.Home, "run", "worker.sock")));
            Assert.False(File.Exists(Path.Combine(home.Home, "state", "lanes")));
        }
    }

    [Scene]
    public async Task Lanes_of_a_running_worker_stay_and_the_try_line_changes_them()
    {
        await using WeftHome home = new();
        await home.Weft.RunAsync("up");
        Refusal refusal = await Refusal.OfAsync(home, "up", "--lanes", "2", "--pin", "0,1");
        Assert.Equal((4, "W2022"), (refusal.Exit, refusal.Code));
        Assert.Single((await home.StatusAsync()).Worker.Lanes);

        await refusal.TryItAsync(home);
        Assert.Equal(2, (await home.StatusAsync()).Worker.Lanes.Length);
        int worker = (await home.StatusAsync()).Worker.Pid;
        string[] masks = [.. Directory.GetDirectories($"/proc/{worker}/task")
            .Where(task => File.ReadAllText($"{task}/comm").StartsWith("lane ", StringComparison.Ordinal))
            .Select(task => File.ReadLines($"{task}/status").Single(line => line.StartsWith("Cpus_allowed_list", StringComparison.Ordinal)).Split('\t')[1])];
        Assert.Equal(["0", "1"], masks.Order());

        // As they are, they may be named again; and they stay for the next start.
        await home.Weft.RunAsync("up", "--lanes", "2", "--pin", "0,1");
        await home.Weft.RunAsync("down");
        await home.Weft.RunAsync("up");
        Assert.Equal(2, (await home.StatusAsync()).Worker.Lanes.Length);
    }
}
