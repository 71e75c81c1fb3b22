namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>How a driver lays a buffer into descriptors. A device may not care (virtio 1.2 §2.7.4).</summary>
public enum ChainLayout
{
    /// <summary>Header and frame together in one descriptor.</summary>
    OneDescriptor,

    /// <summary>The header in one of its own: what drivers before 1.0 had to do.</summary>
    HeaderApart,

    /// <summary>Header, the frame's first bytes, then pages: what Linux does.</summary>
    HeadAndPages,

    /// <summary>As many pieces as 17, none of a round size, the header itself cut in two.</summary>
    ManyPieces,

    /// <summary><see cref="OneDescriptor"/> behind an indirect table.</summary>
    IndirectOne,

    /// <summary><see cref="HeadAndPages"/> behind an indirect table.</summary>
    IndirectPages,

    /// <summary><see cref="ManyPieces"/> behind an indirect table.</summary>
    IndirectMany,
}
