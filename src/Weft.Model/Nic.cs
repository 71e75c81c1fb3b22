using System.Net;

namespace Weft.Model;

/// <summary>One network card of a VM.</summary>
public sealed record Nic
{
    /// <summary>From 1 to <see cref="Vm.MaxNics"/>; also the slot that gives a nat NIC its subnet.</summary>
    public required int Number { get; init; }

    /// <summary>Name of its network; null: not attached.</summary>
    public string? Network { get; init; }

    /// <summary>Lower case, with colons.</summary>
    public required string Mac { get; init; }

    /// <summary>Address that DHCP keeps for it; null: from the pool.</summary>
    public IPAddress? Address { get; init; }

    public AttachmentKind Attachment { get; init; }

    /// <summary>The card that the guest sees.</summary>
    public NicModel Model { get; init; } = NicModel.Virtio;

    /// <summary>Set when <see cref="Attachment"/> is a TAP.</summary>
    public TapPlace? Tap { get; init; }

    /// <summary>Set when <see cref="Attachment"/> is vhost-user.</summary>
    public VhostUserPlace? VhostUser { get; init; }

    /// <summary>Set when <see cref="Attachment"/> is a stream.</summary>
    public StreamPlace? Stream { get; init; }

    /// <summary>Set when <see cref="Attachment"/> is datagrams.</summary>
    public DgramPlace? Dgram { get; init; }

    /// <summary>The cable is in.</summary>
    public bool Plugged { get; init; } = true;

    /// <summary>Its owner said nothing of it that the model does not bring along.</summary>
    public bool IsAttachedAsUsual => Attachment == Model.UsualAttachment && VhostUser is null or { Socket: null, Role: VhostUserRole.Server, Queues: 1 } &&
        Stream?.Address is null;

    /// <summary>What its owner has named: paths of sockets and addresses with ports. Where he named none, its socket lies in the home.</summary>
    public IEnumerable<string> NamedSockets =>
        ((string?[])[VhostUser?.Socket, Stream?.Address, Dgram?.Local, Dgram?.Remote]).OfType<string>();
}
