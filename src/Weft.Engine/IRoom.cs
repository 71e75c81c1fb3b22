using Weft.Wire;

namespace Weft.Engine;

/// <summary>Tells where a station hangs, and how much it would take now. The switch knows; who sends in bulk (the gateway) asks before it reads.</summary>
public interface IRoom
{
    /// <summary><see cref="Port.Room"/> of the port that owns <paramref name="mac"/>; <see cref="Port.Plenty"/> for an unknown station.</summary>
    int RoomToward(MacAddress mac, ushort vlan);

    /// <summary><see cref="Port.Tag"/> of the port that owns <paramref name="mac"/>; 0 when unknown.</summary>
    ulong TagOf(MacAddress mac, ushort vlan);
}
