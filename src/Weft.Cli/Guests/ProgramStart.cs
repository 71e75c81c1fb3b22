namespace Weft.Cli.Guests;

/// <summary>Puts another program in the place of this process.</summary>
/// <param name="arguments">The program's name first.</param>
/// <returns>Only when that is refused: a negated errno.</returns>
public delegate int ProgramStart(string path, IReadOnlyList<string> arguments);
