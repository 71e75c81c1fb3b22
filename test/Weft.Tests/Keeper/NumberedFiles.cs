using Weft.Linux;

namespace Weft.Tests.Keeper;

/// <summary>Descriptors that can be told apart after any journey: files named by a number.</summary>
internal sealed class NumberedFiles : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-files").FullName;

    public int Open(int number)
    {
        int descriptor = FileCalls.Open(Path.Combine(_folder, $"{number}"), FileCalls.ReadWrite | FileCalls.CreateFlag, 0x180);
        Assert.True(descriptor >= 0, Errno.Text(descriptor));
        return descriptor;
    }

    public static int NumberOf(int descriptor)
    {
        string? target = OpenDescriptors.TargetOf(descriptor);
        return int.TryParse(Path.GetFileName(target), out int number) ? number : -1;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
