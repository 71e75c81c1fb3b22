namespace Weft.Model.Api;

public sealed record DhcpDocument(int Leases, long Addresses, string First, string Last);
