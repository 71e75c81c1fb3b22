namespace Weft.Model.Api;

/// <summary>Something that happened.</summary>
/// <param name="Id">Counts up from 1 in one life of weftd.</param>
/// <param name="Kind">A word of <see cref="EventKinds"/>.</param>
/// <param name="Subject">What it is about: a NIC, network, forward …</param>
/// <param name="Text">A sentence for people.</param>
public sealed record EventDocument(long Id, DateTimeOffset Time, string Kind, string Subject, string Text)
{
    /// <summary>Events that a reader was too slow for; of kind "lost" alone.</summary>
    public long? Lost { get; init; }

    /// <summary>Address of a lease.</summary>
    public string? Address { get; init; }

    /// <summary>MAC address of a lease.</summary>
    public string? Mac { get; init; }
}
