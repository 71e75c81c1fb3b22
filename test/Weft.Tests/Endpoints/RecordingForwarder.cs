using Weft.Engine;

namespace Weft.Tests.Endpoints;

/// <summary>Stands behind a port in the place of a switch: writes down what comes.</summary>
internal sealed unsafe class RecordingForwarder : IForwarder
{
    public List<byte[]> Frames { get; } = [];

    public List<bool> Carrier { get; } = [];

    public int RoomAgains { get; private set; }

    /// <summary>Runs in the middle of a turn, while the burst is lent.</summary>
    public Action<Burst>? DuringTurn { get; set; }

    /// <summary>Runs when there is room again at the port.</summary>
    public Action? OnRoomAgain { get; set; }

    public bool Records { get; set; } = true;

    public void Forward(Port from, Burst burst)
    {
        DuringTurn?.Invoke(burst);
        if (Records)
        {
            foreach (ref FrameRef frame in burst.Frames)
            {
                Frames.Add(Bytes(in frame));
            }
        }
    }

    public void PortChanged(Port port) => Carrier.Add(port.IsUp);

    public void RoomAgain(Port port)
    {
        RoomAgains++;
        OnRoomAgain?.Invoke();
    }

    public static byte[] Bytes(in FrameRef frame)
    {
        byte[] bytes = new byte[frame.Length];
        fixed (byte* at = bytes)
        {
            frame.CopyTo(at);
        }
        return bytes;
    }
}
