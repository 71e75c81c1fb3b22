namespace Weft.Daemon.Captures;

/// <summary>One place to capture at, as a running worker knows it.</summary>
/// <param name="Name">"alpha:1", or "lab/gateway".</param>
/// <param name="Target">The worker's id of the port; of the network for its gateway.</param>
internal sealed record CapturePlace(string Name, ulong Target, bool IsGateway);
