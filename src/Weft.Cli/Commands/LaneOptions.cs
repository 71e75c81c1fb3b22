using System.CommandLine;
using System.Globalization;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>--lanes N</c> and <c>--pin LIST</c> of <c>up</c>: threads that move frames, written where the next first worker
/// reads them. They stay as they are until they are named again.</summary>
internal sealed class LaneOptions
{
    private const int Most = 16;
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Option<string?> _lanes = new("--lanes")
    {
        HelpName = "N",
        Description = $"Threads that move frames, 1 to {Most}; networks are spread over them (default: as before, at first 1)",
    };

    private readonly Option<string?> _pin = new("--pin")
    {
        HelpName = "LIST",
        Description = "Processor of each lane, like 2,3 (default: wherever there is time)",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_lanes);
        command.Options.Add(_pin);
    }

    /// <summary>Refuses what cannot be; otherwise the next worker is told.</summary>
    /// <param name="file">The topology that is to run; null: what runs already.</param>
    public void Apply(HomeFolder home, ParseResult parsed, string? file)
    {
        (string? lanes, string? pin) = (parsed.GetValue(_lanes), parsed.GetValue(_pin));
        if (lanes is null && pin is null)
        {
            return;
        }
        int[] processors = Processors(pin);
        int count = lanes is null ? Math.Max(1, processors.Length) : Count(lanes);
        if (processors.Length > count)
        {
            throw Refuse($"--pin names {processors.Length} processors for {count} lanes", "each lane is kept on one processor",
                $"weft up --lanes {processors.Length} --pin {ShellWord.Of(pin!)}");
        }
        string wanted = string.Join(' ', [count, .. processors]);
        string now = File.Exists(home.Lanes) ? File.ReadAllText(home.Lanes).Trim() : "1";
        if (wanted == now)
        {
            return;
        }
        if (ApiClient.Answers(home) || ApiClient.WorkerAnswers(home))
        {
            throw new CommandException(new WeftError(ErrorCode.LanesRunning, "the lanes of a running worker stay as they are",
                "flows lie where their lane looks for them; lanes are made when Weft starts",
                StartAnew(file, $"--lanes {count}{(pin is null ? "" : $" --pin {ShellWord.Of(pin)}")}")), ExitCode.Conflict);
        }
        Directory.CreateDirectory(home.Path, OwnerFolder);
        Directory.CreateDirectory(home.State, OwnerFolder);
        File.WriteAllText(home.Lanes, $"{wanted}\n");
    }

    /// <summary>'down' ends what runs for good: without a file it is written down first.</summary>
    private static string StartAnew(string? file, string lanes) => file is not null
        ? $"weft down && weft up {ShellWord.Of(file)} {lanes}"
        : $"weft export >{TopologyInput.Example} && weft down && weft up {TopologyInput.Example} {lanes}";

    private static int Count(string text) => Number(text) is >= 1 and <= Most and int count ? count
        : throw Refuse($"'{text}' is no number of lanes", $"a worker has 1 to {Most} lanes; more than there are processors ({Environment.ProcessorCount}) gain nothing",
            $"weft up --lanes {Math.Min(2, Environment.ProcessorCount)}");

    private static int[] Processors(string? list)
    {
        int[] processors = [.. (list?.Split(',') ?? []).Select(word => Number(word.Trim()) is { } number && Exists(number) ? number
            : throw Refuse($"'{word}' is no processor of this host", "--pin takes numbers of processors with commas between them", "weft up --pin 0"))];
        return processors.Distinct().Count() == processors.Length ? processors
            : throw Refuse($"--pin {list} names a processor twice", "two lanes on one processor wait for each other", "weft up --pin 0,1");
    }

    private static bool Exists(int processor) => Directory.Exists($"/sys/devices/system/cpu/cpu{processor}");

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static CommandException Refuse(string what, string why, string @try) =>
        new(new WeftError(ErrorCode.BadValue, what, why, @try), ExitCode.Usage);
}
