namespace Weft.Bench.Guests;

/// <summary>Something between two guests.</summary>
internal interface IGuestSwitch : IDisposable
{
    /// <summary>The kernel argument that gives the first guest its NIC.</summary>
    string NicOne { get; }

    string NicTwo { get; }
}
