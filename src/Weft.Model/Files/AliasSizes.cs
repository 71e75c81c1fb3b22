using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Weft.Model.Files;

/// <summary>How many values a text would hold with every alias written out, counted without writing it.</summary>
internal sealed class AliasSizes
{
    private readonly Dictionary<AnchorName, long> _sizes = [];
    private readonly Stack<(AnchorName Anchor, long Size)> _open = [];

    public int Depth => _open.Count;

    /// <summary>Of the collection that holds most so far.</summary>
    public long Largest { get; private set; }

    public void Meet(ParsingEvent at)
    {
        switch (at)
        {
            case MappingStart or SequenceStart:
                _open.Push((((NodeEvent)at).Anchor, 1));
                break;
            case MappingEnd or SequenceEnd:
                (AnchorName anchor, long size) = _open.Pop();
                Close(anchor, size);
                break;
            case Scalar scalar:
                Close(scalar.Anchor, 1);
                break;
            case AnchorAlias alias:
                Close(default, _sizes.GetValueOrDefault(alias.Value, 1));
                break;
        }
    }

    private void Close(AnchorName anchor, long size)
    {
        if (!anchor.IsEmpty)
        {
            _sizes[anchor] = size;
        }
        if (_open.TryPop(out (AnchorName Anchor, long Size) around))
        {
            size += around.Size;
            _open.Push((around.Anchor, size));
        }
        Largest = Math.Max(Largest, size);
    }
}
