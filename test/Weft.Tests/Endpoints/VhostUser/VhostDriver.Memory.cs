namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Memory: the table, single regions that come and go, and the log of dirty pages.</summary>
public sealed partial class VhostDriver
{
    public DirtyLog? Log { get; private set; }

    public void ShareMemory()
    {
        if (!_options.UsesMemorySlots)
        {
            Tell(VhostRequest.SetMemoryTable, Memory.Describe(), Memory.Descriptors());
            return;
        }
        Assert.True(Ask(VhostRequest.GetMemorySlots) >= (ulong)Memory.Regions.Count);
        foreach (GuestRegion region in Memory.Regions)
        {
            AddRegion(region);
        }
    }

    public void AddRegion(GuestRegion region) => Tell(VhostRequest.AddMemoryRegion, OneRegion(region), region.Descriptor);

    public void RemoveRegion(GuestRegion region) => Tell(VhostRequest.RemoveMemoryRegion, OneRegion(region));

    /// <summary>The payload of ADD_MEM_REG and REM_MEM_REG: eight bytes of nothing, then the region.</summary>
    public static byte[] OneRegion(GuestRegion region) => [.. new byte[8], .. region.Describe()];

    /// <summary>From now on the back end marks what it writes; the rings' own pages at their guest addresses.</summary>
    public DirtyLog StartLog()
    {
        Log = new DirtyLog(Memory.Regions.Max(region => region.End));
        AskWhole(VhostRequest.SetLogBase, Log.Describe(), [Log.Descriptor]);
        foreach (DriverRing ring in Rings)
        {
            SetAddresses(ring, isLogged: true);
        }
        SetFeatures(Features | DeviceFeatures.LogAll);
        return Log;
    }

    public void StopLog()
    {
        SetFeatures(Features & ~DeviceFeatures.LogAll);
        foreach (DriverRing ring in Rings)
        {
            SetAddresses(ring);
        }
    }
}
