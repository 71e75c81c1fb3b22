namespace Weft.Engine.Cables;

/// <summary>What one step of a capture's filter asks or joins. The numbers are those of the model's filter terms.</summary>
public enum FilterOperation : byte
{
    /// <summary>No step: the program is over.</summary>
    End = 0,

    /// <summary><see cref="FilterStep.Address"/> is source or destination, in IP or ARP.</summary>
    Host = 1,

    /// <summary>Source or destination lies in <see cref="FilterStep.Address"/> with <see cref="FilterStep.Prefix"/> bits (of 128).</summary>
    Net = 2,

    /// <summary>TCP or UDP, from or to <see cref="FilterStep.Number"/>.</summary>
    Port = 3,

    /// <summary>IP protocol <see cref="FilterStep.Number"/>.</summary>
    Protocol = 4,

    /// <summary>Ethernet type <see cref="FilterStep.Number"/>.</summary>
    Type = 5,

    /// <summary>The MAC in the lower half of <see cref="FilterStep.Address"/> is source or destination.</summary>
    Station = 6,

    /// <summary>ICMP of either IP version.</summary>
    Icmp = 7,
    And = 8,
    Or = 9,
    Not = 10,
}
