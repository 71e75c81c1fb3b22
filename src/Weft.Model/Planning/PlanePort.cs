using System.Net;

namespace Weft.Model.Planning;

/// <summary>One port as the worker builds it: a NIC's way into a switch.</summary>
public sealed record PlanePort
{
    /// <summary>"alpha:1".</summary>
    public required string Name { get; init; }

    public required string Guest { get; init; }

    /// <summary>Name of its <see cref="PlaneNetwork"/>; null: not attached.</summary>
    public string? Network { get; init; }

    public required string Mac { get; init; }

    public required AttachmentKind Attachment { get; init; }

    /// <summary>For the hypervisor's lines; the worker does not care.</summary>
    public NicModel Model { get; init; } = NicModel.Virtio;

    /// <summary>Path of the socket or its IPv4:PORT (<see cref="SocketText"/>), or name of the TAP. Of datagrams it is Weft's end.</summary>
    public required string Path { get; init; }

    /// <summary>The hypervisor's end of datagrams, in the form of <see cref="Path"/>; null: there is no other end.</summary>
    public string? Remote { get; init; }

    /// <summary>Where the TAP is; null: the host's own namespace.</summary>
    public string? Namespace { get; init; }

    /// <summary>The hypervisor listens at <see cref="Path"/>, and the worker connects.</summary>
    public bool Dials { get; init; }

    /// <summary>Queue pairs of a vhost-user card.</summary>
    public int Queues { get; init; } = 1;

    public IPAddress? Reserved { get; init; }

    public bool Plugged { get; init; } = true;

    /// <summary>The hypervisor's end hangs on these; a change of one makes it another port.</summary>
    internal bool IsSameAs(PlanePort other) => Guest == other.Guest && Mac == other.Mac && Attachment == other.Attachment &&
        Path == other.Path && Remote == other.Remote && Namespace == other.Namespace && Dials == other.Dials && Queues == other.Queues;
}
