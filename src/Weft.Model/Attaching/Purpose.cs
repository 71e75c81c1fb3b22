using Weft.Model.Planning;

namespace Weft.Model.Attaching;

/// <summary>One thing that runs guests: which NICs it can take, and the lines that attach them.</summary>
/// <param name="Word">As the command line has it.</param>
/// <param name="Who">As a sentence has it.</param>
/// <param name="Needs">What a NIC has to be, to be told where one does not fit.</param>
internal sealed record Purpose(string Word, string Who, string Needs)
{
    public required Func<PlanePort, bool> Fits { get; init; }

    /// <summary>Of ports that fit, in the order of their NICs; at least one.</summary>
    public required Func<PlanePort[], Func<HypervisorHost>, IEnumerable<string>> Lines { get; init; }

    /// <summary>The lines are arguments of a command that runs the guest.</summary>
    public bool AreArguments { get; init; }
}
