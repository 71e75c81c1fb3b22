using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Gateway.Nat;
using Weft.Gateway.Nat.Udp;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Udp;

public sealed unsafe class UdpAllocationTests
{
    [Fact]
    public void Datagrams_and_flows_allocate_nothing()
    {
        var time = new VirtualTime();
        var quiet = new QuietHost();
        var sockets = new QuietSockets();
        using var scene = new UdpScene();
        using var memory = new SharedMemory((SharedArray.UdpSockets, sizeof(UdpSocketRecord), 256), (SharedArray.UdpFlows, sizeof(UdpFlowRecord), 1024));
        using var lane = new Lane(quiet, time);
        using var side = new RecordingGuestSide(scene.Side.Facts) { Keeps = false };
        var counters = (PortCounters*)NativeMemory.AllocZeroed(1, (nuint)sizeof(PortCounters));
        using var table = new UdpTable(lane, new HostSide(sockets, quiet, quiet, new HostAccess()),
            memory.State.Array<UdpSocketRecord>(SharedArray.UdpSockets), memory.State.Array<UdpFlowRecord>(SharedArray.UdpFlows), seed: 1);
        using var translator = new UdpTranslator(table, side, new RecordingErrors(), new FixedTargets(), counters);
        using var packet = new GuestPacket();
        GuestPacket.Taker take = (in FrameRef frame, in ParsedFrame parsed) => translator.Take(in frame, in parsed);

        int next = 0;
        Work();
        Assert.Equal(0, Allocated.By(Work));
        Assert.Equal((next, next), (sockets.Sent, side.Count));
        Assert.True(table.FlowCount < 500);
        NativeMemory.Free(counters);

        // Every eighth opens a flow, some a mapping; old ones give way or expire.
        void Work()
        {
            for (int end = next + 3_000; next < end; next++)
            {
                var guest = new HostEnd(UdpScene.Guest.Address, (ushort)(1000 + next / 8 % 300));
                packet.Udp(guest, UdpScene.Server with { Port = (ushort)(1 + next / 8) }, default);
                packet.Give(take);
                int socket = table.FindSocket(UdpSocketRecord.KeyOf(9, guest.Address, guest.Port));
                translator.OnSocket(socket, Ready.Read);
                translator.Produce();
                time.Advance(20_000);
                lane.Turn(mayWait: false);
            }
        }
    }
}
