using System.Runtime.InteropServices;
using Weft.Endpoints.Stream;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Tests.Linux;
using Weft.Wire;

namespace Weft.Tests.Endpoints.Stream;

/// <summary>One place on a lane where several NICs are listened for, and hypervisors that connect to it.</summary>
public sealed unsafe class ListenerRig : IConnectionKeeper, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-listener").FullName;
    private readonly EpollReadiness _readiness = new();
    private readonly HostSockets _sockets = new();
    private readonly SocketPlace _place;
    private readonly List<int> _peers = [];

    public ListenerRig(bool isTcp)
    {
        _place = StreamPeer.PlaceOf(isTcp, Path.Combine(_folder, "all"));
        Socket = StreamPeer.Listen(in _place, _sockets);
        Lane = new Lane(_readiness, TimeProvider.System);
        Sharers = new StreamSharers(isTcp);
        Listener = new StreamListener(Lane, this, Sharers, Socket, -1);
    }

    public Lane Lane { get; }

    /// <summary>The listening socket.</summary>
    public int Socket { get; }

    public StreamSharers Sharers { get; }

    public StreamListener Listener { get; }

    /// <summary>Connections that were ended from this side.</summary>
    public int Ended { get; private set; }

    internal List<SharingNic> Nics { get; } = [];

    internal SharingNic Add(byte number) => Add(number, Lane, Listener);

    internal SharingNic Add(byte number, Lane lane, StreamListener listener)
    {
        SharingNic nic = new(this, number, lane, new StreamPlug
        {
            Region = (ReceiveRegion*)NativeMemory.AllocZeroed(ReceiveRegion.Size),
            Sockets = _sockets,
            Keeper = this,
            Place = _place,
            Listener = listener,
            Mac = new MacAddress(0x5200_0000_0000UL + number),
        });
        Nics.Add(nic);
        return nic;
    }

    /// <summary>A connection, whose first bytes are these.</summary>
    public int Call(ReadOnlySpan<byte> says = default)
    {
        int socket = StreamPeer.Connect(in _place, _sockets);
        Assert.True(socket >= 0);
        _peers.Add(socket);
        Say(socket, says);
        return socket;
    }

    public void Say(int peer, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] one = [bytes[i]];
            Eventually.True(() => Send(peer, one));
        }
    }

    public void Leave(int peer)
    {
        _peers.Remove(peer);
        FileCalls.Close(peer);
    }

    /// <summary>True when the other side has ended the connection.</summary>
    public static bool IsEnded(int peer)
    {
        byte one;
        return SocketCalls.Receive(peer, &one, 1, SocketConstants.MessageDontWait) is 0 or -Errno.ECONNRESET;
    }

    public void Until(Func<bool> isSo) => Eventually.True(() => { Turn(); return isSo(); });

    /// <summary>Whatever is on its way arrives.</summary>
    public void Settle()
    {
        for (int i = 0; i < 20; i++)
        {
            Turn();
            Thread.Sleep(1);
        }
    }

    public void Turn() => Lane.Turn(mayWait: false);

    public int Keep(int descriptor) => 7;

    public bool AskAccept(IAcceptTarget target) => false;

    public void End(int descriptor, int slot)
    {
        Ended++;
        FileCalls.Close(descriptor);
    }

    public void Dispose()
    {
        foreach (SharingNic nic in Nics.ToArray())
        {
            nic.Dispose();
        }
        Lane.Dispose();
        _readiness.Dispose();
        _peers.ForEach(peer => FileCalls.Close(peer));
        FileCalls.Close(Socket);
        _sockets.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool Send(int peer, byte[] bytes)
    {
        fixed (byte* at = bytes)
        {
            return SocketCalls.Send(peer, at, bytes.Length) == bytes.Length;
        }
    }

    /// <summary>One of the NICs: 52:00:00:00:00:number.</summary>
    internal sealed class SharingNic : IStreamOwner, IDisposable
    {
        private readonly ListenerRig _rig;
        private readonly PortCounters* _counters = (PortCounters*)NativeMemory.AllocZeroed((nuint)sizeof(PortCounters));
        private readonly StreamPlug _plug;
        private readonly byte _number;

        public SharingNic(ListenerRig rig, byte number, Lane lane, StreamPlug plug)
        {
            _rig = rig;
            _number = number;
            _plug = plug;
            Port = new Port(lane, Forwarder, 0, _counters);
            Port.SetPlugged(true);
            StreamEndpoint.Clear(plug.Region);
            Endpoint = new StreamEndpoint(Port, plug, this);
            Port.Attach(Endpoint);
            Assert.Equal(0, Endpoint.Start());
        }

        public RecordingForwarder Forwarder { get; } = new();

        public Port Port { get; }

        public StreamEndpoint Endpoint { get; }

        /// <summary>Numbers of the frames that came in.</summary>
        public IEnumerable<int> Came => Forwarder.Frames.Select(EndpointContract.NumberOf);

        /// <summary>A frame of its guest, as it is on the wire.</summary>
        public byte[] Frame(int number)
        {
            byte[] frame = EndpointContract.Frame(number, 60);
            frame[11] = _number;
            return StreamRig.OnWire(frame);
        }

        public ulong Drops(DropReason reason) => _counters->Drops[(int)reason];

        public void Connected(int slot)
        {
        }

        public void Dispose()
        {
            int connection = Endpoint.Connection;
            _rig.Nics.Remove(this);
            Port.Dispose();
            FileCalls.Close(connection);
            NativeMemory.Free(_plug.Region);
            NativeMemory.Free(_counters);
        }
    }
}
