using System.ComponentModel;
using System.Diagnostics;
using Weft.Model.Attaching;

namespace Weft.Cli.Guests;

/// <summary>Asks a QEMU which one it is: not the one of $PATH is meant, but the one that will run.</summary>
internal static class QemuProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Version? VersionOf(string purpose, string path)
    {
        if (purpose != "qemu")
        {
            return null;
        }
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(path, ["--version"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            Task<string> said = process.StandardOutput.ReadToEndAsync();
            if (!said.Wait(Patience))
            {
                process.Kill();
                return null;
            }
            process.WaitForExit();
            return QemuVersion.Of(said.Result);
        }
        catch (Exception problem) when (problem is Win32Exception or IOException)
        {
            return null;
        }
    }
}
