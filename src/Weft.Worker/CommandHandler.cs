using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Keeping;
using Weft.Linux.Memory;

namespace Weft.Worker;

/// <summary>Carries out one command each; see <see cref="CommandKind"/> for what they ask.</summary>
internal sealed unsafe class CommandHandler(DataPlane plane, KeeperLink keeper, SharedMemory memory, Lane lane)
{
    private AnswerRecord _answer;
    private bool _hasAnswer;

    /// <summary>What follows the reply of the last command; once.</summary>
    public ReadOnlySpan<byte> TakeAnswer()
    {
        bool has = _hasAnswer;
        _hasAnswer = false;
        return has ? MemoryMarshal.AsBytes(new ReadOnlySpan<AnswerRecord>(in _answer)) : [];
    }

    public Verdict Handle(ref readonly CommandHeader header, ReadOnlySpan<byte> record, int descriptor, ref CommandReply reply, out int attached)
    {
        attached = -1;
        string problem = "";
        int result = 0;
        switch (header.Kind)
        {
            case CommandKind.PutNetwork when record.Length == sizeof(NetworkRecord):
                result = plane.PutNetwork(in As<NetworkRecord>(record), out reply.Id);
                break;
            case CommandKind.RemoveNetwork:
                result = plane.RemoveNetwork(header.Id);
                break;
            case CommandKind.PutPort when record.Length == sizeof(PortRecord):
                result = plane.PutPort(in As<PortRecord>(record), descriptor, out reply.Id, out problem);
                break;
            case CommandKind.RemovePort:
                result = plane.RemovePort(header.Id);
                break;
            case CommandKind.PutForward when record.Length == sizeof(ForwardRecord):
                result = plane.PutForward(in As<ForwardRecord>(record), out reply.Id, out problem);
                break;
            case CommandKind.RemoveForward:
                result = plane.RemoveForward(header.Id);
                break;
            case CommandKind.PutName when record.Length == sizeof(NameRecord):
                result = plane.PutName(in As<NameRecord>(record), out reply.Id);
                break;
            case CommandKind.RemoveName:
                result = plane.RemoveName(header.Id);
                break;
            case CommandKind.GetSharedMemory:
                attached = memory.Descriptor;
                break;
            case CommandKind.AdoptKeeper:
                return keeper.IsCovered ? Refuse(ref reply, Errno.EBUSY) : Verdict.KeeperComes;
            case CommandKind.ArmFault when record.Length == sizeof(FaultRecord):
                Seam.Arm(in As<FaultRecord>(record));
                break;
            case CommandKind.OpenCapture when record.Length == sizeof(CaptureRecord) && descriptor >= 0:
                result = plane.OpenCapture(in As<CaptureRecord>(record), descriptor, out reply.Id);
                break;
            case CommandKind.AddCapturePoint when record.Length == sizeof(CapturePointRecord):
                result = plane.AddCapturePoint(header.Id, in As<CapturePointRecord>(record));
                break;
            case CommandKind.CloseCapture:
                result = plane.CloseCapture(header.Id);
                break;
            case CommandKind.Impair when record.Length == sizeof(ImpairmentRecord):
                result = plane.Impair(header.Id, in As<ImpairmentRecord>(record));
                break;
            case CommandKind.Ask when record.Length == sizeof(QuestionRecord):
                result = plane.Ask(in As<QuestionRecord>(record), out _answer);
                _hasAnswer = result == 0;
                break;
            case CommandKind.Stop:
                lane.Stop();
                break;
            default:
                return Verdict.Bad;
        }
        reply.Error = -result;
        reply.Detail = Text108.From(problem);
        return Verdict.Done;
    }

    public void AdoptKeeper(int connection) => keeper.Adopt(connection);

    private static Verdict Refuse(ref CommandReply reply, int error)
    {
        reply.Error = error;
        return Verdict.Done;
    }

    private static ref readonly T As<T>(ReadOnlySpan<byte> record)
        where T : unmanaged => ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(record));
}
