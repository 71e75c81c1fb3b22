namespace Weft.Tests.Cli.Tries;

/// <summary>One way to an error, and what is true of the way out that it shows.</summary>
/// <param name="Code">Of the error.</param>
/// <param name="Command">The command that ends in it, as one types it behind "weft".</param>
/// <param name="Arrange">What is the case before it.</param>
internal sealed record Provocation(string Code, string Command, Action<TryStage>? Arrange = null)
{
    /// <summary>What the owner does between the refusal and the way out: what the message told him of somebody else.</summary>
    public Action<TryStage>? Meanwhile { get; init; }

    /// <summary>What the line that is tried says, where that is what it is for; null: afterwards the command succeeds.</summary>
    public string? Says { get; init; }

    /// <summary>It does what the command meant, which so is not to be typed again.</summary>
    public bool Instead { get; init; }

    public override string ToString() => $"{Code} weft {Command}";
}
