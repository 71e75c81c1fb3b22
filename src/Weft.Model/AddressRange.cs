using System.Net;

namespace Weft.Model;

/// <summary>Addresses from <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
public sealed record AddressRange(IPAddress First, IPAddress Last);
