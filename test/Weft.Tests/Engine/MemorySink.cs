using Weft.Engine.Cables;

namespace Weft.Tests.Engine;

/// <summary>Keeps a capture in memory; hands it out as a file.</summary>
internal sealed class MemorySink : ICaptureSink
{
    private readonly MemoryStream _bytes = new();

    public int Refuse { get; set; }

    public bool TryWrite(ReadOnlySpan<byte> block)
    {
        if (Refuse > 0)
        {
            Refuse--;
            return false;
        }
        _bytes.Write(block);
        return true;
    }

    public T InFile<T>(Func<string, T> read)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, _bytes.ToArray());
            return read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
