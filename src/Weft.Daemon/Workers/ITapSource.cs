using Weft.Model.Planning;

namespace Weft.Daemon.Workers;

/// <summary>Opens the TAP of a port: a descriptor that the caller owns, or a negated errno with what failed.</summary>
internal interface ITapSource
{
    int Open(PlanePort port, int mtu, out string problem);
}
