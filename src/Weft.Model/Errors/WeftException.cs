namespace Weft.Model.Errors;

/// <summary>An operator's mistake or a refusal of the host on its way to whoever asked. Never our own bug.</summary>
public sealed class WeftException(WeftError error) : Exception(error.Message)
{
    public WeftError Error { get; } = error;
}
