namespace Weft.Cli.Output;

/// <summary>What <c>-o</c> asks for.</summary>
internal enum OutputForm
{
    /// <summary>Aligned columns for people.</summary>
    Table,

    /// <summary>The same with more columns.</summary>
    Wide,

    /// <summary>The API's document.</summary>
    Json,

    /// <summary>The API's document as YAML.</summary>
    Yaml,

    /// <summary>Names alone, one in a line: what other commands take.</summary>
    Name,
}
