using Weft.Engine.State;

namespace Weft.Worker;

/// <summary>Static names: every router of the declared network answers them. No flow notices.</summary>
internal sealed unsafe partial class DataPlane
{
    public int PutName(in NameRecord wanted, out ulong id)
    {
        id = 0;
        ulong next = NextId();
        int result = _names.Put(in wanted, next);
        if (result < 0)
        {
            return result;
        }
        id = next;
        NetworkPlane[] routers = RoutersOf(in wanted);
        using LaneSet.Held held = _lanes.Hold([.. routers.Select(router => router.Lane)]);
        foreach (NetworkPlane router in routers)
        {
            router.Gateway!.PutName(in wanted);
        }
        return 0;
    }

    public int RemoveName(ulong id)
    {
        int result = _names.Remove(id, out NameRecord gone);
        if (result < 0)
        {
            return result;
        }
        NetworkPlane[] routers = RoutersOf(in gone);
        using LaneSet.Held held = _lanes.Hold([.. routers.Select(router => router.Lane)]);
        foreach (NetworkPlane router in routers)
        {
            router.Gateway!.RemoveName(in gone);
        }
        return 0;
    }

    private NetworkPlane[] RoutersOf(in NameRecord name)
    {
        string declared = name.Network.ToString();
        return [.. _networks.Values.Where(network => network.Gateway is not null && network.Declared == declared)];
    }
}
