using Microsoft.Win32.SafeHandles;

namespace Weft.Gateway.Dhcp;

/// <summary>
/// The journal as a file. A rename is made durable by flushing the renamed file after it: on ext4, XFS and btrfs that commits
/// the directory entry too, and a directory itself cannot be flushed from .NET.
/// </summary>
internal sealed class LeaseFile : ILeaseFile
{
    private readonly string _path;
    private SafeFileHandle? _handle;

    public LeaseFile(string path)
    {
        _path = path;
    }

    public long Length { get; private set; }

    public byte[] Read()
    {
        byte[] bytes = File.Exists(_path) ? File.ReadAllBytes(_path) : [];
        Length = bytes.Length;
        return bytes;
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _handle ??= Open(_path, FileMode.OpenOrCreate);
        RandomAccess.Write(_handle, bytes, Length);
        RandomAccess.FlushToDisk(_handle);
        Length += bytes.Length;
    }

    public void Rewrite(ReadOnlySpan<byte> bytes)
    {
        string fresh = _path + ".new";
        SafeFileHandle handle = Open(fresh, FileMode.Create);
        try
        {
            RandomAccess.Write(handle, bytes, 0);
            RandomAccess.FlushToDisk(handle);
            File.Move(fresh, _path, overwrite: true);
            RandomAccess.FlushToDisk(handle);
        }
        catch
        {
            handle.Dispose();
            TryDelete(fresh);
            throw;
        }
        _handle?.Dispose();
        _handle = handle;
        Length = bytes.Length;
    }

    public void PutAside()
    {
        File.Move(_path, _path + ".foreign", overwrite: true);
        Length = 0;
    }

    public void Dispose() => _handle?.Dispose();

    private static SafeFileHandle Open(string path, FileMode mode)
    {
        try
        {
            return File.OpenHandle(path, mode, FileAccess.Write, FileShare.Read | FileShare.Delete);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover is overwritten by the next rewrite.
        }
    }
}
