namespace Weft.Engine;

/// <summary>What stands behind a port: takes a polled burst and delivers its frames to other ports. Implemented by the switch.</summary>
public interface IForwarder
{
    /// <summary>Forwards every frame of <paramref name="burst"/> that came in at <paramref name="from"/>, or counts a drop there.</summary>
    void Forward(Port from, Burst burst);

    /// <summary>A port's carrier or cable changed: forget or relearn what hangs on it.</summary>
    void PortChanged(Port port);

    /// <summary>There is room again at <paramref name="port"/>.</summary>
    void RoomAgain(Port port);
}
