using System.Net.Sockets;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Model.Errors;

namespace Weft.Daemon.Captures;

/// <summary>One worker's part of a capture: its blocks come out of <see cref="Blocks"/>, which ends with it.</summary>
internal sealed class CaptureLink : IDisposable
{
    private readonly WorkerLink _worker;
    private readonly ulong _id;

    private CaptureLink(WorkerLink worker, ulong id, Socket blocks)
    {
        _worker = worker;
        _id = id;
        Blocks = blocks;
    }

    public Socket Blocks { get; }

    public WorkerLink Worker => _worker;

    /// <param name="interfaceOf">The number of a place's interface in the section that has been begun.</param>
    /// <exception cref="WorkerGoneException">The worker did not answer.</exception>
    /// <exception cref="WeftException">It refused.</exception>
    public static CaptureLink Open(WorkerLink worker, in CaptureRecord how, CapturePlace[] places, Func<string, uint> interfaceOf)
    {
        LinuxException.Check(SocketCalls.Pair(SocketConstants.TypeStream, out int near, out int far), "socketpair");
        Socket blocks = new(new SafeSocketHandle(near, ownsHandle: true));
        try
        {
            CommandReply reply = worker.Ask(CommandKind.OpenCapture, 0, in how, far);
            Require(reply);
            CaptureLink link = new(worker, reply.Id, blocks);
            foreach (CapturePlace place in places)
            {
                CapturePointRecord point = new() { Target = place.Target, IsGateway = place.IsGateway ? 1u : 0, Interface = interfaceOf(place.Name) };
                Require(worker.Ask(CommandKind.AddCapturePoint, reply.Id, in point));
            }
            return link;
        }
        catch
        {
            // The worker ends its part when it finds nobody at this end.
            blocks.Dispose();
            throw;
        }
        finally
        {
            FileCalls.Close(far);
        }
    }

    /// <summary>Asks the worker to write what is left and to end.</summary>
    public void Close()
    {
        try
        {
            _worker.Ask(CommandKind.CloseCapture, _id);
        }
        catch (WorkerGoneException)
        {
            // So it has ended.
        }
    }

    public void Dispose() => Blocks.Dispose();

    private static void Require(CommandReply reply)
    {
        if (reply.Error != 0)
        {
            throw new WeftException(reply.Error == Errno.ENOSPC
                ? new WeftError(ErrorCode.TableFull, "no more captures can run", "a worker runs 16 captures of up to 64 points each", "weft status")
                : new WeftError(ErrorCode.StepFailed, "the worker refuses to capture", Errno.Text(reply.Error), "weft status"));
        }
    }
}
