namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Sends into a guest whatever there is room for, and waits to be told of more. Lives on the rig's lane.</summary>
internal sealed class RoomSender
{
    private const int MostSpins = 400;

    private readonly VhostRig _rig;
    private readonly Func<int> _arrived;
    private readonly byte[] _frame = EndpointContract.Frame(1, 100);
    private readonly Random _random = new(5);
    private int _sent;

    public RoomSender(VhostRig rig, Func<int> arrived)
    {
        _rig = rig;
        _arrived = arrived;
        rig.Main.Deliver(_frame);
        Pair = Enumerable.Range(0, rig.Driver.Receive.Count).Single(pair => rig.Driver.Receive[pair].Ring.UsedIndex != 0);
        rig.Driver.Receive[Pair].TryReceive();
        rig.Driver.Receive[Pair].Post(1, 2048);
    }

    /// <summary>The pair that these frames go by.</summary>
    public int Pair { get; }

    public void SendAll()
    {
        while (_rig.Endpoint.Room > 0 && _sent - _arrived() < 64)
        {
            _rig.Main.Deliver(_frame);
            _sent++;
            // The driver adds its next buffer at about the time at which we look.
            Thread.SpinWait(_random.Next(MostSpins));
        }
    }
}
