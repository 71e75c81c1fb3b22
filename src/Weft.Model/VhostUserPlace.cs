namespace Weft.Model;

/// <summary>Where a vhost-user NIC meets its hypervisor.</summary>
/// <param name="Socket">Absolute path; null: in the home, by the NIC's name.</param>
/// <param name="Role">Weft's part.</param>
/// <param name="Queues">Queue pairs that the hypervisor may use, 1 to <see cref="MaxQueues"/>.</param>
public sealed record VhostUserPlace(string? Socket, VhostUserRole Role, int Queues = 1)
{
    public const int MaxQueues = 8;

    /// <summary>Weft listens in the home, for one pair of queues.</summary>
    public static readonly VhostUserPlace Usual = new(null, VhostUserRole.Server);
}
