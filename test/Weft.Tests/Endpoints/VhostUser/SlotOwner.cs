using Weft.Endpoints.VhostUser;
using Weft.Engine;
using Weft.Linux;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Keeps an endpoint's descriptors in the place of a keeper: slots are numbers here.</summary>
internal sealed class SlotOwner : IVhostOwner, IDisposable
{
    private readonly Dictionary<int, int> _slots = [];
    private int _next;

    public int Count => _slots.Count;

    public int Keep(int descriptor)
    {
        _slots.Add(_next, descriptor);
        return _next++;
    }

    public void End(int descriptor, int slot)
    {
        Assert.True(slot < 0 || (_slots.Remove(slot, out int kept) && kept == descriptor), $"slot {slot} does not hold {descriptor}");
        FileCalls.Close(descriptor);
    }

    public int DescriptorOf(int slot) => _slots.GetValueOrDefault(slot, -1);

    public bool AskAccept(IAcceptTarget target) => false;

    public void Connected(int connection, int slot)
    {
    }

    public void Dispose()
    {
        foreach (int descriptor in _slots.Values)
        {
            FileCalls.Close(descriptor);
        }
        _slots.Clear();
    }
}
