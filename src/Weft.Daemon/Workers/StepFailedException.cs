using Weft.Model.Planning;

namespace Weft.Daemon.Workers;

/// <summary>The worker, or the host, refused one step of a plan.</summary>
/// <param name="errno">Positive.</param>
/// <param name="detail">What failed, in a few words: "bind 0.0.0.0:80".</param>
internal sealed class StepFailedException(PlanStep step, int errno, string detail) : Exception($"{step.Text}: {detail}")
{
    public PlanStep Step { get; } = step;

    public int Errno { get; } = errno;

    public string Detail { get; } = detail;
}
