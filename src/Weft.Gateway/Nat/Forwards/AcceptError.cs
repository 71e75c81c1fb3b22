namespace Weft.Gateway.Nat.Forwards;

/// <summary>What accept(2) answers below zero, as far as a forward tells them apart.</summary>
internal static class AcceptError
{
    public const int NotHeld = -9;
    public const int NoneWaits = -11;
    public const int OutOfDescriptors = -24;
    public const int KeeperGone = -104;

    /// <summary>EMFILE, ENFILE, ENOMEM, ENOBUFS: it may go later.</summary>
    public static bool IsOutOfRoom(int error) => error is -23 or -12 or -105 or OutOfDescriptors;
}
