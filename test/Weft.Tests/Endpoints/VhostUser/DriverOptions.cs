namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>What a front end and its guest are like.</summary>
public sealed record DriverOptions
{
    /// <summary>Wanted; what the device does not offer is left out.</summary>
    public DeviceFeatures Features { get; init; } = DeviceFeatures.Usual;

    /// <summary>Wanted; what the back end does not offer is left out.</summary>
    public ProtocolFeatures Protocol { get; init; } = ProtocolFeatures.Usual;

    public int QueuePairs { get; init; } = 1;

    public int RingSize { get; init; } = 256;

    /// <summary>Regions of guest memory: guest-physical address and size.</summary>
    public IReadOnlyList<(ulong Address, ulong Size)> Memory { get; init; } = [(0x4000_0000, 16 << 20)];

    public bool IsMemorySealed { get; init; } = true;

    /// <summary>Regions one by one (ADD_MEM_REG) instead of as a table.</summary>
    public bool UsesMemorySlots { get; init; }

    /// <summary>Where the rings begin: above zero as after a migration.</summary>
    public ushort FirstIndex { get; init; }

    /// <summary>Buffers that are posted at the start, each of <see cref="BufferSize"/> bytes.</summary>
    public int Buffers { get; init; } = 128;

    public int BufferSize { get; init; } = 2048;

    public ChainLayout BufferLayout { get; init; } = ChainLayout.OneDescriptor;
}
