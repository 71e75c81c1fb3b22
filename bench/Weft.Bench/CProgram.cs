namespace Weft.Bench;

/// <summary>One of the C files beside the bench, compiled for this run.</summary>
internal sealed class CProgram : IDisposable
{
    public CProgram(string name)
    {
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"weft-{name}-{Environment.ProcessId}");
        Shell.Run($"cc -O2 -o {Path} {System.IO.Path.Combine(AppContext.BaseDirectory, name)}.c");
    }

    public string Path { get; }

    public void Dispose() => File.Delete(Path);
}
