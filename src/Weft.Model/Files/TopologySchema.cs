namespace Weft.Model.Files;

/// <summary>The JSON schema (draft 2020-12) of topology files, as it lies beside this file.</summary>
public static class TopologySchema
{
    public static string Text { get; } = Read();

    private static string Read()
    {
        using Stream stream = typeof(TopologySchema).Assembly.GetManifestResourceStream("topology.schema.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
