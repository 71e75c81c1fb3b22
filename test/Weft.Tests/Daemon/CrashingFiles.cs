using Weft.Daemon.Store;
using Weft.Linux;

namespace Weft.Tests.Daemon;

/// <summary>
/// A file system in memory that keeps two truths: what a reader sees, and what is on the disk. Contents are on the disk when
/// the write returns; names (created, renamed, deleted) only after their folder was flushed. At the n-th change it can die,
/// half-way through, or say that the disk is full.
/// </summary>
internal sealed class CrashingFiles(Random random) : IStoreFiles
{
    private readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _disk = new(StringComparer.Ordinal);
    private readonly List<(string Folder, Action OnDisk)> _names = [];
    private int _calls;
    private bool _dead;

    /// <summary>Changes so far.</summary>
    public int Calls => _calls;

    public int DieAt { get; set; }

    public int FullAt { get; set; }

    public IReadOnlyDictionary<string, string> Seen => _seen;

    /// <summary>The machine after the crash: of the names not flushed, any may have reached the disk.</summary>
    public CrashingFiles Restart()
    {
        foreach ((_, Action onDisk) in _names.Where(_ => random.Next(2) == 0).ToList())
        {
            onDisk();
        }
        CrashingFiles next = new(random);
        foreach ((string path, string content) in _disk)
        {
            next._seen[path] = next._disk[path] = content;
        }
        return next;
    }

    public void MakeFolder(string folder) => Enter();

    public string[] List(string folder) => [.. _seen.Keys.Where(p => Path.GetDirectoryName(p) == folder)];

    public bool Exists(string path) => _seen.ContainsKey(path);

    public string Read(string path) => _seen[path];

    public long Length(string path) => _seen.GetValueOrDefault(path, "").Length;

    public void Write(string path, string content) => Put(path, "", content);

    public void Append(string path, string content) => Put(path, _seen.GetValueOrDefault(path, ""), content);

    public void Truncate(string path, long length)
    {
        Enter();
        _seen[path] = _seen[path][..(int)length];
        if (_disk.ContainsKey(path))
        {
            _disk[path] = _seen[path];
        }
    }

    public void Rename(string from, string to)
    {
        Enter();
        string content = _seen[from];
        _seen.Remove(from);
        _seen[to] = content;
        _names.Add((Path.GetDirectoryName(to)!, () =>
        {
            _disk.Remove(from);
            _disk[to] = content;
        }));
    }

    public void Delete(string path)
    {
        Enter();
        if (_seen.Remove(path))
        {
            _names.Add((Path.GetDirectoryName(path)!, () => _disk.Remove(path)));
        }
    }

    public void SyncFolder(string folder)
    {
        Enter();
        foreach ((_, Action onDisk) in _names.Where(n => n.Folder == folder).ToList())
        {
            onDisk();
        }
        _names.RemoveAll(n => n.Folder == folder);
    }

    private void Put(string path, string before, string added)
    {
        bool full = _calls + 1 == FullAt;
        bool dying = _calls + 1 == DieAt;
        string content = before + (full || dying ? added[..random.Next(added.Length)] : added);
        if (_dead)
        {
            throw new CrashException();
        }
        _seen[path] = content;
        if (_disk.ContainsKey(path))
        {
            _disk[path] = content;
        }
        else
        {
            _names.Add((Path.GetDirectoryName(path)!, () => _disk[path] = content));
        }
        Enter();
        if (full)
        {
            throw new IOException("no space left on device", Errno.ENOSPC);
        }
    }

    private void Enter()
    {
        _calls++;
        if (_dead || _calls == DieAt)
        {
            _dead = true;
            throw new CrashException();
        }
    }
}
