namespace Weft.Linux.Processes;

/// <summary>The program that runs here, for starting it again as another process: the executable, or <c>dotnet weft.dll</c>.</summary>
/// <param name="Path">Absolute path of what is to be executed.</param>
/// <param name="Prefix">Arguments in front of ours, the program's name first.</param>
public sealed record OwnProgram(string Path, IReadOnlyList<string> Prefix)
{
    private const string Name = "weft";

    /// <summary>By file name, not by /proc/self/exe: after an upgrade the new program is started.</summary>
    public static OwnProgram Find()
    {
        string self = Environment.ProcessPath ?? "/proc/self/exe";
        if (System.IO.Path.GetFileName(self) == Name)
        {
            return new OwnProgram(self, [self]);
        }
        string executable = System.IO.Path.Combine(AppContext.BaseDirectory, Name);
        string library = executable + ".dll";
        return System.IO.Path.GetFileNameWithoutExtension(self) == "dotnet" && File.Exists(library)
            ? new OwnProgram(self, [self, library])
            : new OwnProgram(executable, [executable]);
    }

    /// <summary>All arguments of a call.</summary>
    public IReadOnlyList<string> With(params IEnumerable<string> arguments) => [.. Prefix, .. arguments];
}
