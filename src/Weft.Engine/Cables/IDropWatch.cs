namespace Weft.Engine.Cables;

/// <summary>A cable that wants to know which frame was dropped at its port, and why, where the endpoint is not asked.</summary>
public interface IDropWatch
{
    /// <summary>A frame that came from the endpoint in this turn went nowhere.</summary>
    void DroppedFromPlug(in FrameRef frame, DropReason reason);

    /// <summary>A frame for the endpoint did not reach it.</summary>
    void DroppedToPlug(in FrameRef frame, DropReason reason);
}
