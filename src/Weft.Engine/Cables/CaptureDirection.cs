namespace Weft.Engine.Cables;

/// <summary>As pcapng's <c>epb_flags</c> has it, seen from the switch.</summary>
public enum CaptureDirection : byte
{
    /// <summary>From the guest into the switch.</summary>
    Inbound = 1,

    /// <summary>From the switch to the guest.</summary>
    Outbound = 2,
}
