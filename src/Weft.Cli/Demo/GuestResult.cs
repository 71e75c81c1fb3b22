namespace Weft.Cli.Demo;

/// <summary>How a command in a guest ended, and all it wrote.</summary>
internal readonly record struct GuestResult(int Exit, string Output)
{
    public bool Ok => Exit == 0;

    /// <summary>Output without the white space around it.</summary>
    public string Text => Output.Trim();
}
