using System.Diagnostics;
using System.Globalization;

namespace Weft.Cli.Demo;

/// <summary>What the demo writes: one line for each thing shown, with its time. Colour only for a terminal that wants it.</summary>
internal sealed class DemoScreen(TextWriter output, bool terminal, CancellationToken interrupted)
{
    private readonly bool _colour = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public int Failed { get; private set; }

    public static DemoScreen ForConsole(CancellationToken interrupted) => new(Console.Out, !Console.IsOutputRedirected, interrupted);

    public void Say(string line = "") => output.WriteLine(line);

    /// <summary>Shows one thing; the text it returns says what was seen. A failure is written with its reason and told by false.</summary>
    public async Task<bool> ShowAsync(string title, Func<Task<string>> show)
    {
        if (terminal)
        {
            output.Write($"   …          {title}");
        }

        Stopwatch time = Stopwatch.StartNew();
        try
        {
            Line("ok", "32", time, $"{title}{Detail(await show())}");
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !interrupted.IsCancellationRequested)
        {
            Failed++;
            Line("FAILED", "1;31", time, title);
            output.WriteLine($"                {e.Message.Trim().ReplaceLineEndings("\n                ")}");
            return false;
        }
    }

    private static string Detail(string seen) => seen.Length == 0 ? "" : $": {seen}";

    private void Line(string verdict, string colour, Stopwatch time, string text)
    {
        string padded = verdict.PadLeft(6);
        string start = terminal ? "\r\e[K" : "";
        string seconds = time.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture).PadLeft(5);
        output.WriteLine($"{start}{(_colour ? $"\e[{colour}m{padded}\e[0m" : padded)} {seconds} s  {text}");
    }
}
