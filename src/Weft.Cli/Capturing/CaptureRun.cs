using System.Globalization;
using System.Runtime.InteropServices;
using Weft.Cli.Client;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;

namespace Weft.Cli.Capturing;

/// <summary>
/// One capture as its owner sees it: bytes go from weftd to a file or to standard output as they come. A signal asks weftd to end it,
/// and what is left still arrives; whoever kills this instead ends it too, since weftd finds nobody to write to.
/// </summary>
internal sealed class CaptureRun(HomeFolder home, StreamClient stream, string id)
{
    public static int Run(HomeFolder home, CaptureRequest request, string? file)
    {
        if (file is null && !Console.IsOutputRedirected)
        {
            string name = $"{Names.FileOf(request.Points[0])}.pcapng";
            throw new CommandException(new WeftError(ErrorCode.Usage, "a capture is nothing for a terminal",
                "frames are bytes for Wireshark: name a file with -w, or pipe the output to 'wireshark -k -i -'", $"weft capture {ShellWord.Line([.. request.Points, "-w", name])}"), ExitCode.Usage);
        }
        Connection.Require(home).Dispose();
        using StreamClient stream = StreamClient.Post(home, ApiPaths.Captures, request, ApiJson.Default.CaptureRequest);
        using Stream to = file is null or "-" ? StandardOutput.Open() : Create(file, request.Points);
        return new CaptureRun(home, stream, stream.Header("Weft-Capture") ?? "0").Copy(to, file is null or "-" ? "standard output" : file);
    }

    private static FileStream Create(string file, string[] points)
    {
        try
        {
            return new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(new WeftError(ErrorCode.NoFile, $"{file} cannot be written", problem.Message,
                $"weft capture {ShellWord.Line([.. points, "-w", $"/tmp/{Path.GetFileName(file)}"])}"), problem is UnauthorizedAccessException ? ExitCode.Permission : ExitCode.Failed);
        }
    }

    private int Copy(Stream to, string where)
    {
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        byte[] buffer = new byte[256 << 10];
        bool isWhole = true;
        try
        {
            for (int read = Read(buffer, ref isWhole); read > 0; read = Read(buffer, ref isWhole))
            {
                to.Write(buffer, 0, read);
            }
            to.Flush();
        }
        catch (IOException problem) when (where != "standard output")
        {
            throw new CommandException(new WeftError(ErrorCode.NoFile, $"{where} cannot be written any more", problem.Message,
                $"df -h {ShellWord.Of(Path.GetDirectoryName(Path.GetFullPath(where)) ?? "/")} && weft status"), ExitCode.Failed);
        }
        catch (IOException)
        {
            // The reader of the pipe has what it wanted.
            isWhole = true;
        }
        return Report(where, isWhole);
    }

    private int Read(byte[] buffer, ref bool isWhole)
    {
        try
        {
            return stream.Body.Read(buffer);
        }
        catch (Exception problem) when (problem is IOException or HttpRequestException)
        {
            isWhole = false;
            return 0;
        }
    }

    private void End(PosixSignalContext context)
    {
        context.Cancel = true;
        try
        {
            using ApiClient client = new(home);
            client.Delete($"{ApiPaths.Captures}/{id}", ApiJson.Default.CaptureDocument);
        }
        catch (CommandException)
        {
            stream.Dispose();
        }
    }

    /// <summary>One line on standard error, as tcpdump does it.</summary>
    private int Report(string where, bool isWhole)
    {
        CaptureDocument? end = null;
        try
        {
            using ApiClient client = new(home);
            end = client.Get($"{ApiPaths.Captures}/{id}", ApiJson.Default.CaptureDocument);
        }
        catch (CommandException)
        {
            // weftd has gone: so is what it knew.
        }
        if (end is null || !isWhole)
        {
            Console.Error.WriteLine($"the capture broke off: weftd ended; what was written to {where} can be read");
            return ExitCode.Failed;
        }
        string missed = end.Missed == 0 ? "none missed" : $"{end.Missed.ToString(CultureInfo.InvariantCulture)} frames missed: they came faster than they were written";
        string restarts = end.Restarts == 0 ? "" : $"; the worker was replaced {(end.Restarts == 1 ? "once" : $"{end.Restarts} times")} meanwhile, and frames of that moment are missing";
        string ended = end.Ended is null or "it was stopped" or "its reader left" ? "" : $"; {end.Ended}";
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{end.Frames} frames, {end.Bytes} bytes to {where}; {missed}{restarts}{ended}"));
        return ExitCode.Ok;
    }
}
