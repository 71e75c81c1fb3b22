using Weft.Model.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Weft.Model.Files;

/// <summary>
/// The mistakes found in one file, and where in it each part of the topology was written: paths like "networks.lab.subnet"
/// lead to a line and a column, so that checks on the finished value can point into the file.
/// </summary>
/// <param name="fileName">As its owner would type it.</param>
/// <param name="tryLine">Set when what is read lies in no file: messages have no place then, and this leads out.</param>
internal sealed class FileErrors(string fileName, string? tryLine = null)
{
    private readonly Dictionary<string, (int Line, int Column)> _origins = new(StringComparer.Ordinal);
    private readonly List<WeftError> _errors = [];

    public bool Any => _errors.Count > 0;

    public void Remember(string path, YamlNode node) => _origins[path] = At(node.Start);

    public void Add(YamlNode node, string code, string message, string cause) => Add(At(node.Start), code, message, cause);

    public void Add(Mark mark, string code, string message, string cause) => Add(At(mark), code, message, cause);

    /// <summary>Adds a mistake at the place where <paramref name="path"/>, or the nearest thing around it, was written.</summary>
    public void Add(string path, string code, string message, string cause)
    {
        while (!_origins.ContainsKey(path) && path.LastIndexOf('.') is >= 0 and int dot)
        {
            path = path[..dot];
        }
        Add(_origins.GetValueOrDefault(path, (1, 1)), code, message, cause);
    }

    /// <summary>In the order in which a reader of the file meets them.</summary>
    public Items<WeftError> InOrder() => _errors.OrderBy(e => e.Line).ThenBy(e => e.Column).ToItems();

    private void Add((int Line, int Column) at, string code, string message, string cause) => _errors.Add(tryLine is not null
        ? new WeftError(code, message, cause, tryLine)
        : new WeftError(code, $"{fileName}:{at.Line}:{at.Column}: {message}", cause, WeftError.EditAndUp(fileName, at.Line))
        {
            Line = at.Line,
            Column = at.Column,
        });

    private static (int Line, int Column) At(Mark mark) => ((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
