using System.Net;

namespace Weft.Model.Captures;

/// <summary>One term of a filter, in postfix order: a joint stands behind what it joins.</summary>
/// <param name="Address">Of <see cref="FilterTermKind.Host"/> and <see cref="FilterTermKind.Net"/>.</param>
/// <param name="Prefix">Bits of the net, of 32 or 128 as the address has.</param>
/// <param name="Number">Port, protocol or type.</param>
/// <param name="Mac">Of <see cref="FilterTermKind.Station"/>.</param>
public sealed record FilterTerm(FilterTermKind Kind, IPAddress? Address = null, int Prefix = 0, int Number = 0, string? Mac = null);
