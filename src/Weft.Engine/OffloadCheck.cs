using Weft.Wire;

namespace Weft.Engine;

/// <summary>What a virtio-net header may ask for (virtio 1.2 §5.1.6.2), whoever wrote it: nothing outside the frame.</summary>
public static class OffloadCheck
{
    private const int EthernetSize = 14;

    public static bool IsSane(in Offload offload, int length)
    {
        if (offload.IsPlain)
        {
            return true;
        }
        bool needsChecksum = (offload.Flags & Offload.NeedsChecksum) != 0;
        if (needsChecksum &&
            (offload.ChecksumStart < EthernetSize || offload.ChecksumStart + offload.ChecksumOffset + sizeof(ushort) > length))
        {
            return false;
        }
        return (offload.GsoType & ~Offload.GsoEcn) switch
        {
            Offload.GsoNone => true,
            Offload.GsoTcpV4 or Offload.GsoTcpV6 => needsChecksum && offload.GsoSize > 0 && offload.HeaderLength <= length,
            _ => false,
        };
    }
}
