using Weft.Model.Errors;

namespace Weft.Model.Files;

/// <summary>A topology, or the mistakes that stand in its way, in the order of the file.</summary>
public sealed record ReadResult(Topology? Topology, Items<WeftError> Errors)
{
    /// <summary>The topology, or the first mistake as an exception that also says how many more there are.</summary>
    public Topology Require()
    {
        if (Topology is not null)
        {
            return Topology;
        }
        WeftError first = Errors[0];
        throw new WeftException(Errors.Count == 1 ? first : first with
        {
            Cause = $"{first.Cause} ({Errors.Count - 1} more mistake{(Errors.Count > 2 ? "s" : "")} in the file, the next in line {Errors[1].Line})",
        });
    }
}
