using Weft.Engine;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Ends a lane's sleep after two milliseconds.</summary>
internal sealed class ShortSleep(Lane lane) : IDeadlines
{
    private const long Microseconds = 2000;

    public long NextDeadline { get; private set; } = long.MaxValue;

    public bool IsOver { get; private set; } = true;

    /// <summary>A lane looks for new deadlines after something ran on it.</summary>
    public void Begin()
    {
        IsOver = false;
        lane.Post(() => NextDeadline = lane.Now + Microseconds);
    }

    public void OnDeadline(long now)
    {
        IsOver = true;
        NextDeadline = long.MaxValue;
    }
}
