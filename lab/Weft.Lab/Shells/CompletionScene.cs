namespace Weft.Lab.Shells;

/// <summary>A tab in a shell completes commands and names; the line that it makes is run, so that it is known to be right.</summary>
public sealed class CompletionScene
{
    private const string Topology = "networks: { lab: nat-network, quiet: internal }\nvms: { alpha: [lab], beta: [lab, quiet] }\nforwards: [28080:alpha:80]\n";

    [Scene]
    public Task In_bash() => TabsAsync("bash --norc --noprofile -i", "source <(weft completion bash)", "bind 'set bell-style none'; PS1='typ''ist> '");

    [Scene(Needs.Zsh), Trait("Tier", "ci")]
    public Task In_zsh() => TabsAsync("zsh -f -i", "autoload -Uz compinit && compinit -u; source <(weft completion zsh)", "PS1='typ''ist> '");

    /// <summary>As a package installs it: zsh loads it when it is first needed.</summary>
    [Scene(Needs.Zsh), Trait("Tier", "ci")]
    public Task In_zsh_from_its_folder() => TabsAsync("zsh -f -i", "mkdir f; weft completion zsh >f/_weft; fpath=($PWD/f $fpath); autoload -Uz compinit && compinit -u", "PS1='typ''ist> '");

    [Scene(Needs.Fish), Trait("Tier", "ci")]
    public Task In_fish() => TabsAsync("fish --no-config -i", "weft completion fish | source", "function fish_prompt; echo 'typ''ist> '; end");

    /// <param name="prompt">Makes the prompt "typist> ", which these words themselves do not hold.</param>
    private static async Task TabsAsync(string shell, string source, string prompt)
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        string folder = Directory.CreateDirectory(home.Folder.File("typed")).FullName;
        await File.WriteAllTextAsync($"{folder}/of-mine.weft.yml", Topology);
        await using Typist typist = new(shell, folder, home.Home);
        await typist.TypeAsync($"{source}\n{prompt}\n");
        await typist.SeeAsync("typist> ");
        foreach ((string typed, string answer) in ((string, string)[])
        [
            ("weft nic unpl\tal\t\n", "unplug NIC alpha:1"),
            ("weft nic plug alpha:\t\n", "plug NIC alpha:1"),
            ("weft net stop qu\t\n", "network 'quiet' is stopped"),
            ("weft net ls --ou\tna\t\n", "lab"),
            ("weft forward rm 127\t\n", "remove forward 28080:alpha:80/tcp"),
            ("weft nic attach beta:2 la\t\n", "plug NIC beta:2"),
            ("weft validate of\t\n", "ok: 2 networks"),
        ])
        {
            await typist.TypeAsync(typed);
            await typist.SeeAsync(answer);
            await typist.SeeAsync("typist> ");
        }
    }
}
