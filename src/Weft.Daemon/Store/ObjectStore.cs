namespace Weft.Daemon.Store;

/// <summary>
/// Theory. One JSON file per object under state/, and a journal. A change of many objects is atomic and durable:
///   1. stage    every new content goes to a temporary file and to the disk (a full disk shows here: nothing has happened)
///   2. commit   one journal line holds the whole change, on the disk: from here on it is acknowledged and stays
///   3. publish  the temporary files are renamed over the objects, removed objects deleted, folders flushed
///   4. done     a second line says so
/// A crash before 2 leaves temporary files, which the next start deletes; after 2 the next start publishes from the line.
/// The caller may do its own work between staging and commit, and throw the stage away when that fails.
/// </summary>
internal sealed class ObjectStore
{
    private const string Suffix = ".json";
    private const string Temporary = ".new";

    private readonly IStoreFiles _files;
    private readonly string _folder;
    private readonly string[] _kinds;
    private readonly TimeProvider _time;
    private readonly Journal _journal;
    private Dictionary<string, string> _objects = new(StringComparer.Ordinal);

    /// <param name="kinds">The folders that objects lie in: "networks", "vms".</param>
    public ObjectStore(IStoreFiles files, string folder, string[] kinds, TimeProvider time)
    {
        (_files, _folder, _kinds, _time) = (files, folder, kinds, time);
        _journal = new Journal(files, $"{folder}/journal");
    }

    /// <summary>What is stored, by name.</summary>
    public IReadOnlyDictionary<string, string> Objects => _objects;

    /// <summary>Makes the folders, finishes what a crash left undone, reads everything.</summary>
    public void Open()
    {
        foreach (string kind in _kinds)
        {
            _files.MakeFolder($"{_folder}/{kind}");
        }
        List<JournalEntry> pending = _journal.Open();
        foreach (string file in _kinds.SelectMany(kind => _files.List($"{_folder}/{kind}"))
            .Where(f => f.EndsWith(Temporary, StringComparison.Ordinal)))
        {
            _files.Delete(file);
        }
        foreach (JournalEntry entry in pending)
        {
            StoreChange change = new(entry.Why ?? "", entry.Put ?? new Dictionary<string, string>(), entry.Remove ?? []);
            Stage(change);
            Publish(change);
            _journal.MarkDone(entry.Number, _time.GetUtcNow());
        }
        _objects = ReadAll();
    }

    /// <summary>Step 1. When it throws, nothing is left behind.</summary>
    public void Stage(StoreChange change)
    {
        try
        {
            foreach ((string name, string content) in change.Put)
            {
                _files.Write(PathOf(name) + Temporary, content);
            }
        }
        catch
        {
            Discard(change);
            throw;
        }
    }

    /// <summary>Undoes <see cref="Stage"/>.</summary>
    public void Discard(StoreChange change)
    {
        foreach (string name in change.Put.Keys)
        {
            _files.Delete(PathOf(name) + Temporary);
        }
    }

    /// <summary>Steps 2 to 4 of a staged change. When it throws, nothing has changed; what fails after the commit is left to the next
    /// start.</summary>
    public void Commit(StoreChange change)
    {
        long number;
        try
        {
            number = _journal.Commit(change, _time.GetUtcNow());
        }
        catch
        {
            Discard(change);
            throw;
        }
        foreach ((string name, string content) in change.Put)
        {
            _objects[name] = content;
        }
        foreach (string name in change.Remove)
        {
            _objects.Remove(name);
        }
        try
        {
            Publish(change);
            _journal.MarkDone(number, _time.GetUtcNow());
        }
        catch (IOException)
        {
            // Committed: the journal has it, and the next start publishes it.
        }
    }

    private void Publish(StoreChange change)
    {
        foreach (string name in change.Put.Keys)
        {
            _files.Rename(PathOf(name) + Temporary, PathOf(name));
        }
        foreach (string name in change.Remove)
        {
            _files.Delete(PathOf(name));
        }
        foreach (string kind in change.Put.Keys.Concat(change.Remove).Select(name => name.Split('/')[0]).Distinct())
        {
            _files.SyncFolder($"{_folder}/{kind}");
        }
    }

    private Dictionary<string, string> ReadAll()
    {
        Dictionary<string, string> objects = new(StringComparer.Ordinal);
        foreach (string kind in _kinds)
        {
            foreach (string file in _files.List($"{_folder}/{kind}").Where(f => f.EndsWith(Suffix, StringComparison.Ordinal)))
            {
                objects[$"{kind}/{Path.GetFileName(file)[..^Suffix.Length]}"] = _files.Read(file);
            }
        }
        return objects;
    }

    private string PathOf(string name) => $"{_folder}/{name}{Suffix}";
}
