using System.Diagnostics;

namespace Weft.Lab.BadInput;

/// <summary>A tmpfs with limits, mounted in a folder of the scene's own.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(ScratchFolder folder, string path)
    {
        Folder = folder;
        Path = path;
    }

    /// <summary>Beside the disk.</summary>
    public ScratchFolder Folder { get; }

    public string Path { get; }

    private string Filler => $"{Path}/filler";

    public static async Task<SmallDisk> MountAsync(string options)
    {
        ScratchFolder folder = new();
        string path = folder.File("disk");
        Directory.CreateDirectory(path);
        await RunAsync("mount", "-t", "tmpfs", "-o", options, "tmpfs", path);
        return new SmallDisk(folder, path);
    }

    public void Fill()
    {
        using FileStream filler = new(Filler, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 });
        foreach (int size in (int[])[65_536, 4096])
        {
            try
            {
                for (byte[] piece = new byte[size]; ; filler.Write(piece))
                {
                }
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }

    public void Empty() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        // A process that has just ended may hold the disk for a moment more.
        await Eventually.Async(() => ExitOf("umount", Path).Result == 0, $"umount {Path}");
        Folder.Dispose();
    }

    private static async Task RunAsync(params string[] line) => Assert.Equal(0, await ExitOf(line));

    private static async Task<int> ExitOf(params string[] line)
    {
        using Process process = Process.Start(line[0], line[1..]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
