using System.Text;
using Microsoft.Win32.SafeHandles;
using Weft.Linux;

namespace Weft.Daemon.Store;

/// <summary>The real file system.</summary>
internal sealed class DiskFiles : IStoreFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerOnly | UnixFileMode.UserExecute;

    public void MakeFolder(string folder) => Directory.CreateDirectory(folder, OwnerFolder);

    public string[] List(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder) : [];

    public bool Exists(string path) => File.Exists(path);

    public string Read(string path) => File.ReadAllText(path);

    public long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    public void Write(string path, string content) => WriteTo(path, FileMode.Create, content);

    public void Append(string path, string content) => WriteTo(path, FileMode.Append, content);

    public void Truncate(string path, long length)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(file, length);
        RandomAccess.FlushToDisk(file);
    }

    public void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public void Delete(string path) => File.Delete(path);

    public void SyncFolder(string folder)
    {
        // .NET opens no folders; the descriptor of one can be flushed all the same.
        int descriptor = LinuxException.Check(FileCalls.Open(folder, FileCalls.ReadOnly), $"open {folder}");
        using SafeFileHandle handle = new(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    private static void WriteTo(string path, FileMode mode, string content)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.Write, UnixCreateMode = OwnerOnly, BufferSize = 0 };
        using FileStream file = new(path, options);
        file.Write(Encoding.UTF8.GetBytes(content));
        file.Flush(flushToDisk: true);
    }
}
