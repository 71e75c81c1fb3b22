using System.Collections;
using System.Runtime.CompilerServices;

namespace Weft.Model;

/// <summary>An immutable list that equals another when its items do: what makes records of lists comparable values.</summary>
[CollectionBuilder(typeof(Items), nameof(Items.Of))]
public sealed class Items<T> : IReadOnlyList<T>, IEquatable<Items<T>>
{
    public static readonly Items<T> Empty = new([]);

    private readonly T[] _items;

    internal Items(T[] items)
    {
        _items = items;
    }

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public bool Equals(Items<T>? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);

    public override bool Equals(object? obj) => Equals(obj as Items<T>);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in _items)
        {
            hash.Add(item);
        }
        return hash.ToHashCode();
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", _items)}]";
}

public static class Items
{
    public static Items<T> Of<T>(ReadOnlySpan<T> items) => items.IsEmpty ? Items<T>.Empty : new Items<T>(items.ToArray());

    public static Items<T> ToItems<T>(this IEnumerable<T> items) => new([.. items]);
}
