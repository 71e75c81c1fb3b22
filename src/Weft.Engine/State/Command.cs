using System.Runtime.InteropServices;
using Weft.Engine.Cables;

namespace Weft.Engine.State;

/// <summary>What the daemon (or a keeper) asks of the worker: one SOCK_SEQPACKET message each, a <see cref="CommandHeader"/> and a record.</summary>
public enum CommandKind : uint
{
    None = 0,

    /// <summary><see cref="NetworkRecord"/>; adds it (id 0) or changes the one with that id. Reply: id.</summary>
    PutNetwork = 1,

    /// <summary>No record; id in the header. Ports on it become not attached.</summary>
    RemoveNetwork = 2,

    /// <summary><see cref="PortRecord"/>, and for a TAP its descriptor. Adds it, or changes network, cable and reservation of the one with that id.</summary>
    PutPort = 3,
    RemovePort = 4,

    /// <summary><see cref="ForwardRecord"/>; adds only. The worker opens the listener; the reply carries the errno when it cannot.</summary>
    PutForward = 5,
    RemoveForward = 6,

    /// <summary>Reply carries the memfd of the shared memory.</summary>
    GetSharedMemory = 7,

    /// <summary>The connection becomes the keeper's: shared memory and every kept descriptor are handed over it.</summary>
    AdoptKeeper = 8,

    /// <summary><see cref="FaultRecord"/>: arms the fault seam (tests).</summary>
    ArmFault = 9,

    /// <summary><see cref="CaptureRecord"/> with the descriptor to write blocks to: begins a capture of no point yet. Reply: its id.
    /// It ends with <see cref="CloseCapture"/>, when nobody reads any more, or when all its points are gone.</summary>
    OpenCapture = 10,

    /// <summary><see cref="ImpairmentRecord"/>; id = port (tests; later rows build on it).</summary>
    Impair = 11,

    /// <summary>Ends the worker in order: flows are reset, sockets closed. The keeper ends with it.</summary>
    Stop = 12,

    /// <summary><see cref="CapturePointRecord"/>; id = capture. Its frames are written from here on.</summary>
    AddCapturePoint = 20,

    /// <summary>No record; id = capture. What was captured is still written, then statistics, then the end of the stream.</summary>
    CloseCapture = 21,

    /// <summary><see cref="QuestionRecord"/>: an <see cref="AnswerRecord"/> follows the reply. Nothing is learned, counted, made or sent.</summary>
    Ask = 22,

    /// <summary><see cref="NameRecord"/>; adds it, or takes the place of the one with the same network and name. Reply: id.</summary>
    PutName = 30,
    RemoveName = 31,
}

[StructLayout(LayoutKind.Sequential)]
public struct CommandHeader
{
    public CommandKind Kind;

    /// <summary>Bytes of the record that follows.</summary>
    public uint RecordSize;

    /// <summary>Comes back in the reply.</summary>
    public ulong Tag;

    /// <summary>Network, port, forward or name, by <see cref="Kind"/>.</summary>
    public ulong Id;
}

[StructLayout(LayoutKind.Sequential)]
public struct CommandReply
{
    public ulong Tag;

    /// <summary>Id of what was added; 0 otherwise.</summary>
    public ulong Id;

    /// <summary>0, or a positive errno: ENOENT unknown id, ENOSPC table full, EADDRINUSE, EACCES, EINVAL, ENOSYS …</summary>
    public int Error;
    public int Reserved;

    /// <summary>What failed, in a few words: "bind 0.0.0.0:80".</summary>
    public Text108 Detail;
}

public enum FaultKind : uint
{
    None = 0,
    KillBefore = 1,
    KillAfter = 2,

    /// <summary>The call is not made and answers <see cref="FaultRecord.Argument"/> as errno.</summary>
    Fail = 3,

    /// <summary>Sleeps <see cref="FaultRecord.Argument"/> microseconds before the call.</summary>
    Delay = 4,
}

/// <summary>Arms the seam: the <see cref="AtCall"/>-th system call from now.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FaultRecord
{
    public FaultKind Kind;
    public uint AtCall;
    public uint Argument;
    public uint Reserved;
}

[StructLayout(LayoutKind.Sequential)]
public struct CaptureRecord
{
    /// <summary>Bytes kept of each frame; 0 = all.</summary>
    public uint SnapLength;

    /// <summary>1: frames that were dropped are written too, with their reason.</summary>
    public uint Drops;
    public FilterProgram Filter;
}

/// <summary>Where a capture looks.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct CapturePointRecord
{
    /// <summary>A port's id; a network's for its gateway.</summary>
    public ulong Target;

    /// <summary>1: the gateway of a network.</summary>
    public uint IsGateway;

    /// <summary>Its number in the capture's section, which the reader has begun.</summary>
    public uint Interface;
}

/// <summary>A cable's impairment: chances in parts per million per frame, in each direction.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct ImpairmentRecord
{
    public uint Loss;
    public uint Duplicate;
    public uint Reorder;
    public uint Corrupt;
    public uint DelayMicroseconds;
    public uint JitterMicroseconds;
    public ulong Seed;
}
