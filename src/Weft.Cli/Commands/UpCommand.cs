using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Model.Files;

namespace Weft.Cli.Commands;

/// <summary><c>weft up [FILE]</c>: what the file says becomes what runs.</summary>
internal static class UpCommand
{
    private const string Pattern = "*.weft.yml";

    public static Command Create()
    {
        Argument<string?> file = new("FILE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = $"Topology file; default: the {Pattern} of this folder, else what ran before, else one NAT network",
        };
        LaneOptions lanes = new();
        Command command = new("up", "Start Weft, or change it to what a file says") { file };
        lanes.AddTo(command);
        command.SetAction(parsed => Run(HomeOption.Of(parsed), parsed.GetValue(file), home => lanes.Apply(home, parsed)));
        return command;
    }

    private static int Run(HomeFolder home, string? file, Action<HomeFolder> chooseLanes)
    {
        file ??= FindFile();
        string? text = file is null ? null : Read(file);
        if (text is not null)
        {
            // A bad file shall not even start a daemon.
            TopologyFile.Read(text, file!).Require();
        }
        chooseLanes(home);
        using ApiClient client = Connection.FindOrStart(home, out bool started);
        try
        {
            ChangeReply reply = client.Post(ApiPaths.Up, new UpRequest(text, file), ApiJson.Default.UpRequest, ApiJson.Default.ChangeReply);
            ChangeReport.Write(Console.Out, reply, "up: nothing to change");
            return ExitCode.Ok;
        }
        catch (CommandException) when (started)
        {
            // What was started for this alone shall not stay behind.
            DownCommand.End(client);
            throw;
        }
    }

    /// <summary>The only file of its kind in this folder; null when there is none.</summary>
    private static string? FindFile()
    {
        string[] files = [.. Directory.GetFiles(".", Pattern).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
        return files.Length <= 1 ? files.FirstOrDefault() : throw new CommandException(new WeftError(ErrorCode.SeveralFiles,
            $"there are {files.Length} topology files in this folder", string.Join(", ", files), $"weft up {files[0]}"), ExitCode.Usage);
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(new WeftError(ErrorCode.NoFile, $"there is no file {file}", "it was looked for from this folder on",
                $"ls {Pattern} && weft up"), ExitCode.NotFound);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(new WeftError(ErrorCode.NoFile, $"{file} cannot be read", problem.Message,
                $"ls -l {file} && weft up {file}"),
                problem is UnauthorizedAccessException ? ExitCode.Permission : ExitCode.Failed);
        }
    }
}
