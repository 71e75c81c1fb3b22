namespace Weft.Cli.Demo;

/// <summary>Something shown did not come out as promised; the message says what came instead.</summary>
internal sealed class DemoFailure(string message) : Exception(message);
