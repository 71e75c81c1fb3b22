using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Weft.Daemon.Store;

/// <summary>
/// Theory. An append-only file of lines "checksum json". A change is committed by the moment its line is on the disk; a
/// "done" line says that the object files have it too. A line that is torn, or whose checksum is wrong, ends the journal:
/// nothing after it was ever acknowledged. A line that could not be written is cut off again.
/// </summary>
internal sealed class Journal(IStoreFiles files, string path)
{
    /// <summary>Bytes after which a journal with nothing pending begins anew; the old one is kept once.</summary>
    private const long RotateAt = 4 << 20;

    private long _length;
    private long _next = 1;

    /// <summary>Reads the journal and gives back the changes that are committed and not done, oldest first.</summary>
    public List<JournalEntry> Open()
    {
        SortedDictionary<long, JournalEntry> pending = [];
        string text = files.Exists(path) ? files.Read(path) : "";
        _length = 0;
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0 || !TryRead(line, out JournalEntry entry))
            {
                break;
            }
            _length += Encoding.UTF8.GetByteCount(line) + 1;
            _next = Math.Max(_next, entry.Number + 1);
            if (entry.Done)
            {
                pending.Remove(entry.Number);
            }
            else
            {
                pending[entry.Number] = entry;
            }
        }
        if (files.Length(path) > _length)
        {
            files.Truncate(path, _length);
        }
        MakeName();
        return [.. pending.Values];
    }

    /// <summary>Commits a change; its number. When it throws, nothing was committed.</summary>
    public long Commit(StoreChange change, DateTimeOffset now)
    {
        if (_length > RotateAt)
        {
            files.Rename(path, $"{path}.old");
            _length = 0;
            MakeName();
        }
        JournalEntry entry = new(_next, false, now, change.Why, change.Put, change.Remove);
        Append(entry);
        return _next++;
    }

    public void MarkDone(long number, DateTimeOffset now) => Append(new JournalEntry(number, true, now, null, null, null));

    private void Append(JournalEntry entry)
    {
        string json = JsonSerializer.Serialize(entry, StoreJson.Default.JournalEntry);
        string line = $"{Checksum(json):x16} {json}\n";
        try
        {
            files.Append(path, line);
            _length += Encoding.UTF8.GetByteCount(line);
        }
        catch (IOException)
        {
            files.Truncate(path, _length);
            throw;
        }
    }

    /// <summary>A line is only as durable as the name of its file.</summary>
    private void MakeName()
    {
        if (!files.Exists(path))
        {
            files.Append(path, "");
            files.SyncFolder(Path.GetDirectoryName(path)!);
        }
    }

    private static bool TryRead(string line, out JournalEntry entry)
    {
        entry = null!;
        if (line.Length < 18 || line[16] != ' ' ||
            !ulong.TryParse(line.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong checksum) ||
            checksum != Checksum(line.AsSpan(17)))
        {
            return false;
        }
        entry = JsonSerializer.Deserialize(line.AsSpan(17), StoreJson.Default.JournalEntry)!;
        return true;
    }

    /// <summary>FNV-1a: enough to tell a whole line from a torn one.</summary>
    private static ulong Checksum(ReadOnlySpan<char> text)
    {
        ulong hash = 14695981039346656037;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 1099511628211;
        }
        return hash;
    }
}
