using System.Reflection;

namespace Weft.Cli.Demo;

/// <summary>The files that travel inside the executable, so that the demo needs no source tree.</summary>
internal static class DemoFiles
{
    public static string GuestInit => Read("guest-init.sh");

    public static string Topology => Read("demo.weft.yml");

    private static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"the executable lacks {name}");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
