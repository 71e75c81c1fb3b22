using System.Buffers.Binary;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>
/// Theory. Both halves of a vhost-user device's other side: the front end (a hypervisor) that speaks over the socket, and the
/// guest driver that has the rings. <see cref="Start"/> does what a sane pair does, in this order; each step can be taken
/// alone, so a test can stop, repeat or leave out any.
///   1. <see cref="Negotiate"/>      features, protocol features, owner
///   2. <see cref="ShareMemory"/>    the table, or region by region       VhostDriver.Memory.cs
///   3. <see cref="StartRing"/>      size, base, addresses, call, kick, enable   VhostDriver.Rings.cs
///   4. <see cref="SetStatus"/>      DRIVER_OK
/// Nothing here knows the back end: it may be Weft's in this process or anyone's behind a path.
/// </summary>
public sealed partial class VhostDriver : IDisposable
{
    public const byte DriverOk = 0xf;

    private readonly DriverOptions _options;
    private bool _isOver;

    public VhostDriver(VhostChannel channel, DriverOptions? options = null, GuestMemory? memory = null)
    {
        _options = options ?? new DriverOptions();
        Channel = channel;
        Memory = memory ?? new GuestMemory();
        if (memory is null)
        {
            foreach ((ulong address, ulong size) in _options.Memory)
            {
                Memory.Add(address, size, _options.IsMemorySealed);
            }
        }
    }

    public VhostChannel Channel { get; }

    public GuestMemory Memory { get; }

    public DeviceFeatures Offered { get; private set; }

    /// <summary>Agreed on.</summary>
    public DeviceFeatures Features { get; private set; }

    public ProtocolFeatures Protocol { get; private set; }

    public bool AwaitsAcknowledgements => (Protocol & ProtocolFeatures.ReplyAck) != 0;

    /// <summary>Connects, and starts everything.</summary>
    public static VhostDriver Connect(string path, Action pump, DriverOptions? options = null)
    {
        VhostDriver driver = new(VhostChannel.Connect(path, pump), options);
        driver.Start();
        return driver;
    }

    public void Start()
    {
        Negotiate();
        ShareMemory();
        MakeRings();
        StartRings();
    }

    public void Negotiate()
    {
        Offered = (DeviceFeatures)Ask(VhostRequest.GetFeatures);
        if ((Offered & DeviceFeatures.ProtocolFeatures) != 0)
        {
            Protocol = (ProtocolFeatures)Ask(VhostRequest.GetProtocolFeatures) & _options.Protocol;
            Assert.True(Channel.Send(VhostRequest.SetProtocolFeatures, Bytes((ulong)Protocol)));
        }
        if ((Protocol & ProtocolFeatures.MultiQueue) != 0)
        {
            Assert.True(Ask(VhostRequest.GetQueueCount) >= (ulong)_options.QueuePairs);
        }
        Tell(VhostRequest.SetOwner, []);
        SetFeatures(Offered & _options.Features);
    }

    public void SetFeatures(DeviceFeatures features)
    {
        Features = features;
        Tell(VhostRequest.SetFeatures, Bytes((ulong)features));
    }

    public void SetStatus(byte status) => Tell(VhostRequest.SetStatus, Bytes(status));

    /// <summary>A question: the number that is answered.</summary>
    public ulong Ask(VhostRequest request, ReadOnlySpan<byte> payload = default) => AskWhole(request, payload).Number;

    public VhostReply AskWhole(VhostRequest request, ReadOnlySpan<byte> payload = default, ReadOnlySpan<int> descriptors = default)
    {
        Assert.True(Channel.Send(request, payload, descriptors), $"{request}: the back end has gone");
        VhostReply? reply = Channel.Receive();
        Assert.NotNull(reply);
        Assert.Equal(request, reply.Request);
        Assert.Equal(VhostChannel.Version | VhostChannel.ReplyFlag, reply.Flags & 7);
        return reply;
    }

    /// <summary>A statement that the back end must accept; waits for its word where that was agreed on.</summary>
    public void Tell(VhostRequest request, ReadOnlySpan<byte> payload, params ReadOnlySpan<int> descriptors) =>
        Assert.True(TryTell(request, payload, descriptors) is 0, $"{request} was refused");

    /// <summary>A statement: 0 when it was accepted (or nobody asked), above when refused; null when the back end left.</summary>
    public ulong? TryTell(VhostRequest request, ReadOnlySpan<byte> payload, params ReadOnlySpan<int> descriptors)
    {
        uint flags = VhostChannel.Version | (AwaitsAcknowledgements ? VhostChannel.NeedReplyFlag : 0);
        if (!Channel.Send(request, payload, descriptors, flags))
        {
            return null;
        }
        if (!AwaitsAcknowledgements)
        {
            return 0;
        }
        VhostReply? reply = Channel.Receive();
        Assert.True(reply is null || reply.Request == request, $"{request} was answered with {reply?.Request}");
        return reply?.Number;
    }

    /// <summary>Once: a descriptor closed twice may be another test's by then.</summary>
    public void Dispose()
    {
        if (_isOver)
        {
            return;
        }
        _isOver = true;
        foreach (DriverRing ring in Rings)
        {
            ring.Dispose();
        }
        Channel.Dispose();
        Memory.Dispose();
    }

    internal static byte[] Bytes(ulong number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }
}
