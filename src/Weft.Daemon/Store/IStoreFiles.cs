namespace Weft.Daemon.Store;

/// <summary>What the store asks of a file system. Tests put one between that fails, or dies, at the n-th call.</summary>
internal interface IStoreFiles
{
    /// <summary>Makes the folder and its parents, only for their owner.</summary>
    void MakeFolder(string folder);

    /// <summary>Files directly in the folder; none when it does not exist.</summary>
    string[] List(string folder);

    bool Exists(string path);

    string Read(string path);

    long Length(string path);

    /// <summary>Writes a whole file and brings it to the disk.</summary>
    void Write(string path, string content);

    /// <summary>Adds to a file's end and brings it to the disk.</summary>
    void Append(string path, string content);

    void Truncate(string path, long length);

    void Rename(string from, string to);

    /// <summary>Fine when there is none.</summary>
    void Delete(string path);

    /// <summary>Brings the folder's names to the disk.</summary>
    void SyncFolder(string folder);
}
