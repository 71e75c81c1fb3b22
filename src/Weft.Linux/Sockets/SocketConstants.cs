namespace Weft.Linux.Sockets;

/// <summary>Numbers of the socket interface (x86-64 and arm64; a test compares them with the C headers).</summary>
public static class SocketConstants
{
    public const int FamilyNone = 0;
    public const int FamilyUnix = 1;
    public const int FamilyV4 = 2;
    public const int FamilyV6 = 10;

    public const int TypeStream = 1;
    public const int TypeDatagram = 2;
    public const int TypeSeqpacket = 5;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    public const int ProtocolIcmp = 1;
    public const int ProtocolIcmpV6 = 58;

    public const int MessagePeek = 0x2;
    public const int MessageControlTruncated = 0x8;
    public const int MessageTruncated = 0x20;
    public const int MessageDontWait = 0x40;
    public const int MessageErrorQueue = 0x2000;
    public const int MessageNoSignal = 0x4000;
    public const int MessageCloseOnExec = 0x40000000;

    public const int LevelSocket = 1;
    public const int ReuseAddress = 2;
    public const int SocketType = 3;
    public const int SocketError = 4;
    public const int SendBuffer = 7;
    public const int ReceiveBuffer = 8;
    public const int UrgentInline = 10;
    public const int PeerCredentials = 17;
    public const int PeekOffset = 42;
    public const int MemoryInfo = 55;

    public const int LevelV4 = 0;
    public const int TimeToLive = 2;
    public const int ReceiveErrors = 11;
    public const int BindAddressNoPort = 24;

    public const int LevelTcp = 6;
    public const int NoDelay = 1;
    public const int QuickAcknowledge = 12;
    public const int TcpInformation = 11;

    public const int LevelV6 = 41;
    public const int ReceiveErrorsV6 = 25;
    public const int OnlyV6 = 26;
    public const int HopLimit = 52;

    public const uint InQueue = 0x541B;
    public const uint OutQueue = 0x5411;

    public const int ShutdownRead = 0;
    public const int ShutdownWrite = 1;
    public const int ShutdownBoth = 2;

    /// <summary>SCM_RIGHTS and the most descriptors that one message may carry (SCM_MAX_FD).</summary>
    public const int Rights = 1;
    public const int MaxRights = 253;
}
