namespace Weft.Engine;

/// <summary>
/// Puts a member's deadlines before the lane only while it has one. The lane looks through all it knows about once a
/// millisecond, and before it sleeps: a thousand idle networks must not be among them.
/// </summary>
public sealed class IdleDeadlines(Lane lane, IDeadlines member) : IDisposable
{
    private bool _isKnown;

    /// <summary>Call when the member's next deadline may have come into being or gone.</summary>
    public void Changed() => Show(member.NextDeadline != long.MaxValue);

    public void Dispose() => Show(false);

    private void Show(bool isWanted)
    {
        if (isWanted == _isKnown)
        {
            return;
        }
        _isKnown = isWanted;
        if (isWanted)
        {
            lane.Add(member);
        }
        else
        {
            lane.Remove(member);
        }
    }
}
