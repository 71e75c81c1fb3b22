using Weft.Engine.Cables;

namespace Weft.Worker;

/// <summary>One place where a capture looks, with the way from its lane to the capture's thread.</summary>
/// <param name="Target">A port's id; a network's for its gateway.</param>
internal sealed record CapturePoint(ulong Target, bool IsGateway, uint Interface, CaptureQueue Queue, PcapngWriter Writer);
