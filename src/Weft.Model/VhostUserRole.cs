namespace Weft.Model;

/// <summary>Weft's part at a vhost-user socket; the hypervisor has the other one.</summary>
public enum VhostUserRole
{
    /// <summary>Weft listens, the hypervisor connects.</summary>
    Server,

    /// <summary>The hypervisor listens, Weft connects, and again whenever it is lost.</summary>
    Client,
}
