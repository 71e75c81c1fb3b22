namespace Weft.Lab.Docs;

/// <summary>Every command in the README and in docs/ is typed as it stands there.</summary>
public sealed class DocsScene
{
    /// <summary>What <see cref="Scenes.DemoScene"/> and this run itself are.</summary>
    private static readonly string[] Elsewhere = ["./weft demo", "./weft test", "./weft bench"];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "pages");

    public static TheoryData<string> Pages() =>
        [.. Directory.EnumerateFiles(Folder, "*.md", SearchOption.AllDirectories).Select(page => Path.GetRelativePath(Folder, page))
            .Where(page => DocPage.Read(Folder, page).Steps.Count > 0).Order(StringComparer.Ordinal)];

    [Scenes, MemberData(nameof(Pages))]
    public async Task What_a_page_says_can_be_done(string name)
    {
        DocPage page = DocPage.Read(Folder, name);
        await using WeftHome home = new();
        await new DocReader(home).FollowAsync(page with { Steps = [.. page.Steps.Where(IsDoneHere)] });
    }

    private static bool IsDoneHere(DocStep step) =>
        step is not DocStep.Run run || !Elsewhere.Any(line => run.Line.StartsWith(line, StringComparison.Ordinal));
}
