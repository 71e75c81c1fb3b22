namespace Weft.Model.Api;

/// <param name="Forward">[ADDR:]HOST:GUEST:PORT[/proto]</param>
public sealed record ForwardRequest(string Forward);
