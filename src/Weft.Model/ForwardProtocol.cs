namespace Weft.Model;

/// <summary>Transport of a forward; the values are IP protocol numbers.</summary>
public enum ForwardProtocol : byte
{
    Tcp = 6,
    Udp = 17,
}
