using System.Runtime.InteropServices;
using Weft.Gateway;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat;

/// <summary>The guests' side of a translator under test: keeps what is sent, offers the room that the test says.</summary>
internal sealed unsafe class RecordingGuestSide(NetworkFacts facts) : IGuestSide, IDisposable
{
    private readonly byte* _packet = (byte*)NativeMemory.Alloc(65_536);

    public NetworkFacts Facts { get; set; } = facts;

    public List<SentPacket> Sent { get; } = [];

    /// <summary>Frames that the guests take until it is set anew.</summary>
    public int Room { get; set; } = int.MaxValue;

    /// <summary>False counts only, for tests of allocation.</summary>
    public bool Keeps { get; set; } = true;

    public int Count { get; private set; }

    public bool IsAwake { get; private set; }

    public int RoomToward(IpAddress guest) => Room;

    public byte* Rent(int l3Length) => Room > 0 ? _packet : null;

    public void Send(IpAddress guest, int l3Length, in Offload offload)
    {
        Room--;
        Count++;
        if (Keeps)
        {
            Sent.Add(new SentPacket(guest, new ReadOnlySpan<byte>(_packet, l3Length).ToArray(), offload));
        }
    }

    public void Wake() => IsAwake = true;

    public void Dispose() => NativeMemory.Free(_packet);
}
