using Weft.Tests.Daemon;

namespace Weft.Tests.Cli;

/// <summary>Golden: days with the command line, typed and read. The daemon and its API are the real ones.</summary>
[Collection(nameof(CommandLineTests))]
public sealed class TranscriptTests : IDisposable
{
    private readonly TestDaemon _daemon = new();

    public void Dispose() => _daemon.Dispose();

    [Theory]
    [InlineData("networks")]
    [InlineData("stopped")]
    [InlineData("vms")]
    [InlineData("nics")]
    [InlineData("forwards")]
    [InlineData("names")]
    [InlineData("forms")]
    [InlineData("refusals")]
    [InlineData("resolve")]
    public void A_transcript_is_what_is_printed(string name) => Transcript.Check(name, _daemon);
}
