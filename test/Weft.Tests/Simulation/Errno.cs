namespace Weft.Tests.Simulation;

internal static class Errno
{
    public const int BadDescriptor = 9;
    public const int Again = 11;
    public const int Access = 13;
    public const int Invalid = 22;
    public const int TooManyFiles = 24;
    public const int BrokenPipe = 32;
    public const int MessageSize = 90;
    public const int AddressInUse = 98;
    public const int NetworkUnreachable = 101;
    public const int ConnectionReset = 104;
    public const int NotConnected = 107;
    public const int TimedOut = 110;
    public const int ConnectionRefused = 111;
    public const int HostUnreachable = 113;
    public const int InProgress = 115;
}
