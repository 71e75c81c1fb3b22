using System.Runtime.InteropServices;
using System.Text;
using Weft.Cli.Output;

namespace Weft.Cli.Watching;

/// <summary>Draws the same thing again each second until Ctrl-C or q: in place on a terminal, block after block into a pipe.</summary>
internal static class Screen
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan KeyStep = TimeSpan.FromMilliseconds(50);

    /// <param name="draw">Ends with a line end.</param>
    public static int Repeat(Func<string> draw)
    {
        using ManualResetEventSlim end = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = true;
            end.Set();
        });
        bool isTerminal = !Console.IsOutputRedirected;
        try
        {
            for (bool first = true; first || !Ends(end); first = false)
            {
                string text = draw();
                Console.Write(isTerminal ? InPlace(text) : first ? text : $"\n{text}");
                Console.Out.Flush();
            }
        }
        catch (IOException)
        {
            // Whoever read the pipe has gone.
        }
        return ExitCode.Ok;
    }

    /// <summary>From the upper left corner, over what was there: a cleared screen would flicker (ECMA-48 CUP, EL, ED).</summary>
    public static string InPlace(string text) => new StringBuilder("\x1b[H").Append(text.Replace("\n", "\x1b[K\n")).Append("\x1b[J").ToString();

    private static bool Ends(ManualResetEventSlim end)
    {
        bool hasKeys = !Console.IsInputRedirected && !Console.IsOutputRedirected;
        for (TimeSpan waited = TimeSpan.Zero; waited < Step; waited += KeyStep)
        {
            if (end.Wait(KeyStep) || (hasKeys && Console.KeyAvailable && Console.ReadKey(intercept: true).KeyChar is 'q' or 'Q'))
            {
                return true;
            }
        }
        return false;
    }
}
