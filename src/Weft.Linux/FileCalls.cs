using Weft.Engine;

namespace Weft.Linux;

/// <summary>Calls on descriptors of any kind. Results below zero are negated errno values.</summary>
public static unsafe class FileCalls
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int CreateFlag = 0x40;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    private const int SetDescriptorFlags = 2;
    private const int GetStatusFlags = 3;
    private const int SetStatusFlags = 4;
    private const int DuplicateCloseOnExec = 1030;

    public static int Open(string path, int flags, uint mode = 0)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        fixed (byte* at = PathBytes.From(path))
        {
            return Seam.Result(Libc.open(at, flags | CloseOnExec, mode));
        }
    }

    public static int Close(int descriptor)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.close(descriptor));
    }

    public static nint Read(int descriptor, void* to, int length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.read(descriptor, to, (nuint)length));
    }

    public static nint Write(int descriptor, void* from, int length)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.write(descriptor, from, (nuint)length));
    }

    public static nint ReadRuns(int descriptor, IoVec* runs, int count)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.readv(descriptor, runs, count));
    }

    public static nint WriteRuns(int descriptor, IoVec* runs, int count)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.writev(descriptor, runs, count));
    }

    public static int Control(int descriptor, nuint request, void* argument)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.ioctl(descriptor, request, argument));
    }

    /// <summary>A second descriptor for the same thing, closed on exec.</summary>
    public static int Duplicate(int descriptor) => DuplicateAbove(descriptor, 0);

    /// <summary>The same, with a number of at least <paramref name="lowest"/>.</summary>
    public static int DuplicateAbove(int descriptor, int lowest)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.fcntl(descriptor, DuplicateCloseOnExec, lowest));
    }

    public static int SetNonBlocking(int descriptor, bool on)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        int flags = Seam.Result(Libc.fcntl(descriptor, GetStatusFlags, 0));
        return flags < 0
            ? flags
            : Seam.Result(Libc.fcntl(descriptor, SetStatusFlags, on ? flags | NonBlocking : flags & ~NonBlocking));
    }

    public static int SetCloseOnExec(int descriptor, bool on)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.fcntl(descriptor, SetDescriptorFlags, on ? 1 : 0));
    }

    /// <summary>Takes the whole-file lock without waiting; −EAGAIN when another process has it. It ends with the descriptor.</summary>
    public static int TryLock(int descriptor)
    {
        const int exclusiveNoWait = 2 | 4;
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.flock(descriptor, exclusiveNoWait));
    }

    public static int SetMode(int descriptor, uint mode)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        return Seam.Result(Libc.fchmod(descriptor, mode));
    }

    public static int Remove(string path)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        fixed (byte* at = PathBytes.From(path))
        {
            return Seam.Result(Libc.unlink(at));
        }
    }

    public static int Rename(string from, string to)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        fixed (byte* old = PathBytes.From(from))
        fixed (byte* name = PathBytes.From(to))
        {
            return Seam.Result(Libc.rename(old, name));
        }
    }

    /// <summary>Waits until one of the entries has something; −EINTR is answered as 0.</summary>
    public static int Poll(Span<PollEntry> entries, int milliseconds)
    {
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        fixed (PollEntry* first = entries)
        {
            int count = Seam.Result(Libc.poll(first, (nuint)entries.Length, milliseconds));
            return count == -Errno.EINTR ? 0 : count;
        }
    }

    /// <summary>A pipe: what is written to the second comes out of the first.</summary>
    public static int Pipe(out int reader, out int writer)
    {
        reader = writer = -1;
        if (Seam.Refuses(out int answer))
        {
            return answer;
        }
        int* pair = stackalloc int[2];
        int result = Seam.Result(Libc.pipe2(pair, CloseOnExec));
        if (result == 0)
        {
            (reader, writer) = (pair[0], pair[1]);
        }
        return result;
    }
}
