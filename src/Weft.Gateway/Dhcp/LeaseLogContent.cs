namespace Weft.Gateway.Dhcp;

/// <param name="Leases">The last word on each address.</param>
/// <param name="GoodLength">Bytes up to the first bad line.</param>
/// <param name="IsOurs">The first line says that this version can read the rest.</param>
internal readonly record struct LeaseLogContent(IReadOnlyList<LeaseChange> Leases, int GoodLength, bool IsOurs);
