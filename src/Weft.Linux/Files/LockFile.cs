using Microsoft.Win32.SafeHandles;

namespace Weft.Linux.Files;

/// <summary>A file whose lock says "one of us lives": held until disposed or the process ends, however it ends.</summary>
public sealed class LockFile : IDisposable
{
    private const uint OwnerOnly = 0x180; // 0600

    private readonly SafeFileHandle _handle;

    private LockFile(int descriptor)
    {
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>0 and the lock; −EAGAIN when another process holds it; another negated errno when the file cannot be made.</summary>
    public static int TryTake(string path, out LockFile? taken)
    {
        taken = null;
        int descriptor = FileCalls.Open(path, FileCalls.ReadWrite | FileCalls.CreateFlag, OwnerOnly);
        if (descriptor < 0)
        {
            return descriptor;
        }
        int result = FileCalls.TryLock(descriptor);
        if (result < 0)
        {
            FileCalls.Close(descriptor);
            return result;
        }
        taken = new LockFile(descriptor);
        return 0;
    }

    public void Dispose() => _handle.Dispose();
}
