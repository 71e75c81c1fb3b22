namespace Weft.Wire;

/// <summary>Writes IPv4 headers.</summary>
public static unsafe class Ipv4Header
{
    /// <summary>Writes <see cref="Ipv4View.Size"/> bytes, header checksum included, and returns that.</summary>
    public static int Write(byte* at, in Ipv4Fields fields)
    {
        at[Ipv4View.VersionOffset] = 0x45;
        at[Ipv4View.ServiceOffset] = fields.Service;
        NetworkOrder.Write16(at + Ipv4View.TotalLengthOffset, (ushort)fields.TotalLength);
        NetworkOrder.Write16(at + Ipv4View.IdentificationOffset, fields.Identification);
        NetworkOrder.Write16(at + Ipv4View.FragmentOffset, fields.Fragment);
        at[Ipv4View.TimeToLiveOffset] = fields.TimeToLive;
        at[Ipv4View.ProtocolOffset] = fields.Protocol;
        fields.Source.WriteV4(at + Ipv4View.SourceOffset);
        fields.Destination.WriteV4(at + Ipv4View.DestinationOffset);
        Complete(at, Ipv4View.Size);
        return Ipv4View.Size;
    }

    /// <summary>Computes the header checksum anew, options included.</summary>
    public static void Complete(byte* at, int headerLength)
    {
        Checksum.Store(at + Ipv4View.ChecksumOffset, 0);
        Checksum.Store(at + Ipv4View.ChecksumOffset, Checksum.Finish(Checksum.Sum(at, headerLength)));
    }
}
