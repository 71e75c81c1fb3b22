using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Weft.Linux.Files;

/// <summary>
/// Theory. Tells when a file changes or is replaced (resolv.conf: written in place, renamed over, or a symlink turned to
/// another file). What is watched is the folder of the name and the folder of the file behind it, since a watch on the file
/// itself ends with a rename. After any hit the folders are looked up anew.
/// The descriptor is for a lane's readiness (edge-triggered); nothing here blocks.
/// </summary>
public sealed unsafe class FileWatch : IDisposable
{
    // IN_MODIFY, IN_CLOSE_WRITE, IN_MOVED_TO, IN_CREATE, IN_DELETE.
    private const uint Changes = 0x2 | 0x8 | 0x80 | 0x100 | 0x200;
    private const uint QueueOverflow = 0x4000;
    private const int BufferSize = 4096;
    private const int NameAt = 16;

    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private string _target;
    private int[] _watches = [];

    public FileWatch(string path)
    {
        _path = path;
        int descriptor = Seam.Refuses(out int answer)
            ? answer
            : Seam.Result(Libc.inotify_init1(FileCalls.NonBlocking | FileCalls.CloseOnExec));
        Descriptor = LinuxException.Check(descriptor, "inotify_init1");
        _handle = new SafeFileHandle(Descriptor, ownsHandle: true);
        _target = path;
        WatchFolders();
    }

    public int Descriptor { get; }

    /// <summary>Takes all waiting events; true when one of them was about the file.</summary>
    public bool TakeChanges()
    {
        byte* buffer = stackalloc byte[BufferSize];
        bool hit = false;
        nint length;
        while ((length = FileCalls.Read(Descriptor, buffer, BufferSize)) > 0)
        {
            hit |= Mentions(buffer, (int)length);
        }
        if (hit)
        {
            WatchFolders();
        }
        return hit;
    }

    public void Dispose() => _handle.Dispose();

    private bool Mentions(byte* buffer, int length)
    {
        bool hit = false;
        for (int at = 0; at + NameAt <= length;)
        {
            uint mask = *(uint*)(buffer + at + 4);
            int nameLength = *(int*)(buffer + at + 12);
            string name = Encoding.UTF8.GetString(buffer + at + NameAt, nameLength).TrimEnd('\0');
            hit |= (mask & QueueOverflow) != 0 || name == Path.GetFileName(_path) || name == Path.GetFileName(_target);
            at += NameAt + nameLength;
        }
        return hit;
    }

    private void WatchFolders()
    {
        foreach (int watch in _watches)
        {
            Libc.inotify_rm_watch(Descriptor, watch);
        }
        bool isLink = new FileInfo(_path).LinkTarget is not null;
        _target = isLink ? File.ResolveLinkTarget(_path, returnFinalTarget: true)?.FullName ?? _path : _path;
        int first = Watch(_path), second = _target == _path ? first : Watch(_target);
        _watches = second == first ? [first] : [first, second];
    }

    private int Watch(string file)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        fixed (byte* at = PathBytes.From(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/"))
        {
            return Seam.Result(Libc.inotify_add_watch(Descriptor, at, Changes));
        }
    }
}
