using Weft.Engine;

namespace Weft.Tests.Why;

/// <summary>A keeper that can be full.</summary>
internal sealed class FullKeeper(IDescriptorKeeper inner) : IDescriptorKeeper
{
    public bool IsFull { get; set; }

    public bool IsCovered => inner.IsCovered;

    public bool AllKept => inner.AllKept;

    public int Add(int descriptor) => inner.Add(descriptor);

    public void Drop(int slot) => inner.Drop(slot);

    public bool Flush() => inner.Flush();

    public bool AskAccept(IAcceptTarget target) => inner.AskAccept(target);
}
