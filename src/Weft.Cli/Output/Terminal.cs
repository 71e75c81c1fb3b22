namespace Weft.Cli.Output;

/// <summary>What standard output can show: nothing but text when piped; no colour under NO_COLOR (no-color.org).</summary>
internal static class Terminal
{
    private const int PipedWidth = 100;
    private const int WidestUseful = 120;

    public static bool HasColor => !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static int Width
    {
        get
        {
            try
            {
                return Console.IsOutputRedirected || Console.WindowWidth <= 0 ? PipedWidth : Math.Min(Console.WindowWidth, WidestUseful);
            }
            catch (IOException)
            {
                return PipedWidth;
            }
        }
    }
}
