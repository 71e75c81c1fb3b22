namespace Weft.Engine;

/// <summary>One drop reason in words.</summary>
/// <param name="Name">As counters and captures show it: "port-full".</param>
/// <param name="Text">What happened, in a few words.</param>
/// <param name="Cause">Why that happens.</param>
/// <param name="Try">What the reader can do; printed behind "try:".</param>
public sealed record DropReasonText(string Name, string Text, string Cause, string Try);
