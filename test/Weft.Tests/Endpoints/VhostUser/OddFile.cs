using Weft.Linux;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>A descriptor of some kind that is not what a message should bring.</summary>
public sealed class OddFile : IDisposable
{
    private const int TwoMegabytes = 1 << 21;

    private readonly int _other = -1;

    public OddFile(string kind)
    {
        Descriptor = kind switch
        {
            "reader" => Pipe(isReader: true, out _other),
            "writer" => Pipe(isReader: false, out _other),
            "folder" => FileCalls.Open("/tmp", FileCalls.ReadOnly),
            "file" => Plain(FileCalls.ReadWrite, 0),
            "read-only" => Plain(FileCalls.ReadOnly, TwoMegabytes),
            "null" or "zero" => FileCalls.Open("/dev/" + kind, FileCalls.ReadWrite),
            "event" => Libc.eventfd(7, FileCalls.CloseOnExec),
            "epoll" => Libc.epoll_create1(FileCalls.CloseOnExec),
            "socket" => Libc.socket(SocketConstants.FamilyUnix, SocketConstants.TypeStream | SocketConstants.CloseOnExec, 0),
            "empty memory" => Memory(0),
            "two pages" => Memory(8192),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        Assert.True(Descriptor >= 0);
    }

    public static IEnumerable<string> Kinds { get; } =
        ["reader", "writer", "folder", "file", "read-only", "null", "zero", "event", "epoll", "socket", "empty memory", "two pages"];

    public int Descriptor { get; }

    public void Dispose()
    {
        FileCalls.Close(Descriptor);
        if (_other >= 0)
        {
            FileCalls.Close(_other);
        }
    }

    private static int Pipe(bool isReader, out int other)
    {
        FileCalls.Pipe(out int reader, out int writer);
        other = isReader ? writer : reader;
        return isReader ? reader : writer;
    }

    private static int Plain(int flags, int size)
    {
        string path = Path.GetTempFileName();
        File.WriteAllBytes(path, new byte[size]);
        int file = FileCalls.Open(path, flags);
        File.Delete(path);
        return file;
    }

    private static int Memory(ulong size)
    {
        int file = MemoryCalls.CreateFile("odd");
        MemoryCalls.SetLength(file, size);
        return file;
    }
}
