using System.CommandLine;
using System.Text;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Cli.Commands;

/// <summary>A topology file as a command takes it: the one that was named, or the only one of this folder.</summary>
internal sealed record TopologyInput(string File, string Text)
{
    public const string Pattern = "*.weft.yml";

    /// <summary>Name of a file that is yet to be written.</summary>
    public const string Example = "lab.weft.yml";

    /// <summary>UTF-8 has at most three bytes for one of .NET's characters.</summary>
    private const int MaxBytes = 3 * TopologyFile.MaxCharacters;

    public static Argument<string?> Argument(string otherwise = "") => new("FILE")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = $"Topology file; default: the {Pattern} of this folder{otherwise}",
    };

    /// <summary>Null when none was named and this folder has none.</summary>
    /// <param name="verb">The command, for the lines that lead out.</param>
    public static TopologyInput? Find(string? file, string verb) =>
        (file ?? FindFile(verb)) is { } found ? new TopologyInput(found, Read(found, verb)) : null;

    /// <exception cref="CommandException">None was named and this folder has none.</exception>
    public static TopologyInput Require(string? file, string verb) => Find(file, verb) ?? throw new CommandException(
        new WeftError(ErrorCode.NoFile, $"there is no {Pattern} in this folder", $"'weft {verb}' needs a file to read",
            WriteAnd(Example, verb)), ExitCode.NotFound);

    /// <exception cref="WeftException">There is a mistake in it; the way out does again what was asked for.</exception>
    public Topology Parse(string verb)
    {
        try
        {
            return TopologyFile.Read(Text, File).Require();
        }
        catch (WeftException problem)
        {
            throw new WeftException(problem.Error with { Try = WeftError.EditAnd(File, problem.Error.Line, verb) });
        }
    }

    private static string? FindFile(string verb)
    {
        string[] files = Here();
        return files.Length <= 1 ? files.FirstOrDefault() : throw new CommandException(new WeftError(ErrorCode.SeveralFiles,
            $"there are {files.Length} topology files in this folder", string.Join(", ", files), $"weft {verb} {ShellWord.Of(files[0])}"), ExitCode.Usage);
    }

    private static string[] Here() => [.. Directory.GetFiles(".", Pattern).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    /// <summary>The file of this folder that may be meant, or a first one of that name.</summary>
    private static string Instead(string file, string verb)
    {
        string[] files = Here();
        return (Spelling.Nearest(file, files) ?? files.FirstOrDefault()) is { } near ? $"weft {verb} {ShellWord.Of(near)}"
            : WriteAnd(Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))) ? file : Example, verb);
    }

    private static CommandException IsFolder(string folder, string verb) => new(new WeftError(ErrorCode.NoFile, $"{folder} is a folder",
        "a topology is one file", Directory.GetFiles(folder, Pattern).Order(StringComparer.Ordinal).FirstOrDefault() is { } inside
            ? $"weft {verb} {ShellWord.Of(inside)}" : WriteAnd(Path.Combine(folder, Example), verb)), ExitCode.Usage);

    private static string WriteAnd(string file, string verb) =>
        $"echo 'networks: {{ lab: nat-network }}' >{ShellWord.Of(file)} && weft {verb} {ShellWord.Of(file)}";

    private static string Read(string file, string verb)
    {
        try
        {
            return Directory.Exists(file) ? throw IsFolder(file, verb) : ReadBounded(file);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(new WeftError(ErrorCode.NoFile, $"there is no file {file}", "it was looked for from this folder on",
                Instead(file, verb)), ExitCode.NotFound);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(new WeftError(ErrorCode.NoFile, $"{file} cannot be read", problem.Message,
                $"ls -ld {ShellWord.Of(file)} && weft {verb} {ShellWord.Of(file)}"),
                problem is UnauthorizedAccessException ? ExitCode.Permission : ExitCode.Failed);
        }
    }

    /// <summary>Never more than can be a topology, whatever the file is: a pipe and a device have no length to ask for.</summary>
    private static string ReadBounded(string file)
    {
        using FileStream stream = new(file, new FileStreamOptions { BufferSize = 0 });
        byte[] bytes = new byte[Math.Clamp(stream.CanSeek ? stream.Length : 0, 4096, MaxBytes) + 1];
        int length = 0;
        for (int count; (count = stream.Read(bytes, length, bytes.Length - length)) > 0;)
        {
            length += count;
            if (length > MaxBytes)
            {
                throw new WeftException(new WeftError(ErrorCode.FileTooLarge, $"{file}:1:1: the file has more than {MaxBytes:N0} bytes",
                    $"a topology file has at most {TopologyFile.MaxCharacters:N0} characters", $"ls -l {ShellWord.Of(file)} && weft validate --help"));
            }
            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, Math.Min(2 * bytes.Length, MaxBytes + 1));
            }
        }
        // The mark in front says which order bytes come in, of which UTF-8 has but one.
        return Encoding.UTF8.GetString(bytes, 0, length).TrimStart('\ufeff');
    }
}
