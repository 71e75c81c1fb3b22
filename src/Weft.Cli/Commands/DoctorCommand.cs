using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Weft.Cli.Doctor;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary><c>weft doctor [--bundle [FILE]]</c>: looks at this host and at the Weft on it, and starts neither.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        Option<string> output = OutputOption.Create();
        Option<string?> bundle = new("--bundle")
        {
            Description = "Also write a file to send to somebody who helps; what says whose it is, is taken out",
            HelpName = "FILE",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Command command = new("doctor", "Check this host and the Weft on it") { output, bundle };
        command.SetAction(parsed => Run(HomeFolder.Find(parsed.GetValue(HomeOption.Value)), parsed.GetValue(output)!,
            parsed.GetResult(bundle) is null ? null : parsed.GetValue(bundle) ?? DefaultName()));
        return command;
    }

    private static int Run(HomeFolder home, string output, string? bundle)
    {
        HostFacts facts = HostReader.Read(home);
        Checkup checkup = Checkup.Of(facts);
        Console.Write(output == "json" ? JsonSerializer.Serialize(checkup, DoctorJson.Default.Checkup) + "\n" : CheckupPicture.Render(checkup, Terminal.HasColor));
        if (bundle is not null)
        {
            WriteBundle(bundle, home, facts, checkup);
        }
        return checkup.Healthy ? ExitCode.Ok : ExitCode.Degraded;
    }

    private static void WriteBundle(string path, HomeFolder home, HostFacts facts, Checkup checkup)
    {
        try
        {
            IReadOnlyList<(string Name, int Bytes)> written = Bundle.Write(path, Bundle.Parts(home, facts, checkup), Bundle.RedactorOfHost());
            Console.Error.WriteLine($"{path}: {written.Count} files, redacted");
            foreach ((string name, int bytes) in written)
            {
                Console.Error.WriteLine($"  {name}  {bytes} bytes");
            }
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(new WeftError(ErrorCode.Usage, $"{path} cannot be written", problem.Message.ReplaceLineEndings(" "),
                $"weft doctor --bundle /tmp/{DefaultName()}"), ExitCode.Failed);
        }
    }

    private static string DefaultName() => $"weft-doctor-{DateTime.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.tar.gz";
}
