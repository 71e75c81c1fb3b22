using System.Diagnostics;

namespace Weft.Bench;

/// <summary>forward.c at work between TAPs in two namespaces.</summary>
internal sealed class Forwarder : IDisposable
{
    private readonly CProgram _program = new("forward");
    private readonly Process _process;

    public Forwarder(string one, string two)
    {
        One = one;
        Two = two;
        _process = Shell.Start($"{_program.Path} {one} {two}");
        Shell.WaitFor(() => Shell.Run($"ip -n {two} link show tap0", mayFail: true).Length > 0, "the C forwarder");
    }

    public string One { get; }

    public string Two { get; }

    public void Dispose()
    {
        Shell.Stop(_process);
        _program.Dispose();
    }
}
