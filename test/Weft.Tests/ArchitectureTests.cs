using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Weft.Tests;

/// <summary>Holds the edges between the rooms (design §3) by the project files and the source itself.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string Source = Path.Combine(Root(), "src");

    /// <summary>Who may use Linux sees what lies below it: the records of the shared memory are made of Engine's and Wire's types.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Wire"] = [],
        ["Engine"] = ["Wire"],
        ["Linux"] = ["Engine", "Wire"],
        ["Switching"] = ["Engine", "Wire"],
        ["Gateway"] = ["Engine", "Wire"],
        ["Endpoints"] = ["Linux", "Engine", "Wire"],
        ["Model"] = [],
        ["Cli"] = ["Model"],
        ["Worker"] = ["Wire", "Engine", "Linux", "Switching", "Gateway", "Endpoints"],
        ["Keeper"] = ["Linux", "Engine", "Wire"],
        ["Daemon"] = ["Model", "Linux", "Engine", "Wire"],
        ["App"] = ["Cli", "Daemon", "Keeper", "Worker", "Model", "Linux", "Engine", "Wire", "Switching", "Gateway", "Endpoints"],
    };

    [Fact]
    public void Every_room_is_known_here() =>
        Assert.Equal(Allowed.Keys.Order(), Directory.GetDirectories(Source, "Weft.*").Select(room => Path.GetFileName(room)[5..]).Order());

    [Fact]
    public void Projects_reference_only_rooms_below_them()
    {
        foreach ((string room, string[] allowed) in Allowed)
        {
            string[] references = [.. Items(room, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)[5..])];
            Assert.True(references.All(allowed.Contains), $"{room} -> {string.Join(", ", references.Except(allowed))}");
        }
    }

    [Fact]
    public void Source_names_only_rooms_below_it()
    {
        foreach ((string room, string[] allowed) in Allowed)
        {
            foreach ((string file, string text) in Files(room))
            {
                string[] named = [.. UsingOfRoom().Matches(text).Select(match => match.Groups[1].Value).Where(name => name != room).Distinct()];
                Assert.True(named.All(allowed.Contains), $"{file} uses {string.Join(", ", named.Except(allowed))}");
            }
        }
    }

    [Fact]
    public void Endpoint_folders_do_not_know_each_other()
    {
        foreach ((string file, string text) in Files("Endpoints"))
        {
            string folder = Path.GetRelativePath(Path.Combine(Source, "Weft.Endpoints"), file).Split('/')[0];
            foreach (Match match in UsingOfEndpoint().Matches(text))
            {
                Assert.True(match.Groups[1].Value == folder, $"{file} uses {match.Value}");
            }
        }
    }

    [Fact]
    public void System_calls_are_made_in_one_room()
    {
        foreach (string room in Allowed.Keys.Where(room => room != "Linux"))
        {
            foreach ((string file, string text) in Files(room))
            {
                Assert.False(Import().IsMatch(text), file);
            }
        }
    }

    [Fact]
    public void The_data_path_has_no_package()
    {
        foreach (string room in (string[])["Wire", "Engine", "Linux", "Switching", "Gateway", "Endpoints", "Worker", "Keeper"])
        {
            Assert.Empty(Items(room, "PackageReference"));
        }
    }

    private static IEnumerable<string> Items(string room, string name) =>
        XDocument.Load(Path.Combine(Source, $"Weft.{room}", $"Weft.{room}.csproj")).Descendants(name).Select(item => item.Attribute("Include")!.Value);

    private static IEnumerable<(string File, string Text)> Files(string room) =>
        Directory.EnumerateFiles(Path.Combine(Source, $"Weft.{room}"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"))
            .Select(file => (file, File.ReadAllText(file)));

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Weft.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return folder ?? throw new InvalidOperationException("the tests run outside of the source tree");
    }

    [GeneratedRegex(@"^\s*(?:global )?using (?:static )?(?:\w+ = )?Weft\.(\w+)", RegexOptions.Multiline)]
    private static partial Regex UsingOfRoom();

    [GeneratedRegex(@"\bWeft\.Endpoints\.(\w+)(?=[.;])(?<!namespace Weft\.Endpoints\.\w+)")]
    private static partial Regex UsingOfEndpoint();

    [GeneratedRegex(@"\[\s*(?:LibraryImport|DllImport)\b|\bNativeLibrary\.")]
    private static partial Regex Import();
}
