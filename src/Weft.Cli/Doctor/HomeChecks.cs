using Weft.Model;

namespace Weft.Cli.Doctor;

/// <summary>The folder that holds everything one Weft writes.</summary>
internal static class HomeChecks
{
    private const long LittleRoom = 16 << 20;

    public static IEnumerable<Finding> Of(HostFacts facts)
    {
        yield return facts.HomeProblem.Length == 0
            ? Finding.Good("home", $"{facts.Home} can be written")
            : Finding.Bad("home", $"{facts.Home} cannot be written: {facts.HomeProblem}", $"ls -ld {ShellWord.Of(facts.Home)} && WEFT_HOME=/tmp/weft weft up");
        if (facts.HomeFree >= 0)
        {
            long mebibytes = facts.HomeFree >> 20;
            yield return facts.HomeFree < LittleRoom
                ? Finding.Bad("space", $"{mebibytes} MiB are left on the home's disk", $"df -h {ShellWord.Of(facts.Home)} && df -i {ShellWord.Of(facts.Home)}")
                : Finding.Good("space", $"{mebibytes} MiB are left on the home's disk");
        }
        yield return facts.LongestPath > HomeFolder.MaxSocketPath
            ? Finding.Bad("paths", $"a socket's path in the home would have {facts.LongestPath} bytes, and the system takes {HomeFolder.MaxSocketPath}", "WEFT_HOME=/tmp/weft weft up")
            : Finding.Good("paths", $"the longest socket path has {facts.LongestPath} of {HomeFolder.MaxSocketPath} bytes");
        yield return facts.StaleSockets.Count == 0
            ? Finding.Good("sockets", "no socket was left behind")
            : Finding.Poor("sockets", $"nobody listens at {string.Join(", ", facts.StaleSockets)}: left behind by a Weft that was killed", "weft up");
    }
}
