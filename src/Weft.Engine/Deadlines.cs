namespace Weft.Engine;

/// <summary>Something with timers of its own. The lane asks for the next deadline and calls when it is due; nothing ticks at idle.</summary>
public interface IDeadlines
{
    /// <summary>Lane time in microseconds of the next thing to do; <see cref="long.MaxValue"/> for none.</summary>
    long NextDeadline { get; }

    /// <summary>Does everything due at <paramref name="now"/> (lane time in microseconds).</summary>
    void OnDeadline(long now);
}

/// <summary>End-of-turn work, in order of registration: send the postponed answers, hand descriptors to the keeper.</summary>
public interface ITurnEnd
{
    void OnTurnEnd();
}
