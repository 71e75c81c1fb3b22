namespace Weft.Engine;

/// <summary>Wants to know when a port that was full has room again.</summary>
public interface IRoomListener
{
    /// <summary>Some port has room again: ask <see cref="IRoom"/> anew for those that were at 0. Comes from the lane's thread.</summary>
    void RoomAgain();
}
