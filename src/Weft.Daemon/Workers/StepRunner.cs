using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Planning;

namespace Weft.Daemon.Workers;

/// <summary>Takes the steps of a plan toward <paramref name="target"/>, one command each. A refused step throws and leaves the ones before
/// it taken.</summary>
internal sealed class StepRunner(WorkerLink link, Running running, DataPlane target, ITapSource taps)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    /// <summary>At ports that are not free yet, in the whole plan.</summary>
    private int _looks = 25;

    /// <exception cref="StepFailedException">Refused.</exception>
    /// <exception cref="WorkerGoneException">Nobody there to take it.</exception>
    public void Take(PlanStep step)
    {
        switch (step)
        {
            case PlanStep.RemoveForward s:
                Remove(step, CommandKind.RemoveForward, running.Forwards, s.Forward.Key);
                break;
            case PlanStep.RemovePort s:
                Remove(step, CommandKind.RemovePort, running.Ports, s.Port.Name);
                break;
            case PlanStep.RemoveNetwork s:
                Remove(step, CommandKind.RemoveNetwork, running.Networks, s.Network.Name);
                break;
            case PlanStep.RemoveName s:
                Remove(step, CommandKind.RemoveName, running.Names, s.Name.Key);
                break;
            case PlanStep.AddNetwork s:
                running.Networks[s.Network.Name] = Put(step, CommandKind.PutNetwork, 0, Records.Of(s.Network));
                break;
            case PlanStep.ChangeNetwork s:
                ulong network = running.Networks.GetValueOrDefault(s.To.Name);
                Put(step, CommandKind.PutNetwork, network, Records.Of(s.To, network));
                break;
            case PlanStep.AddName s:
                running.Names[s.Name.Key] = Put(step, CommandKind.PutName, 0, Records.Of(s.Name));
                break;
            case PlanStep.ChangeName s:
                running.Names[s.To.Key] = Put(step, CommandKind.PutName, 0, Records.Of(s.To));
                break;
            case PlanStep.ChangePort s:
                ulong port = running.Ports.GetValueOrDefault(s.To.Name);
                Put(step, CommandKind.PutPort, port, Records.Of(s.To, NetworkId(s.To.Network), port));
                break;
            case PlanStep.AddPort s:
                running.Ports[s.Port.Name] = AddPort(step, s.Port);
                break;
            case PlanStep.AddForward s:
                ForwardRecord forward = Records.Of(s.Forward, NetworkId(s.Forward.Network));
                running.Forwards[s.Forward.Key] = OnceFree(s.Forward.Protocol == Weft.Model.ForwardProtocol.Udp, () => Put(step, CommandKind.PutForward, 0, forward));
                break;
        }
    }

    private ulong AddPort(PlanStep step, PlanePort port)
    {
        PortRecord record = Records.Of(port, NetworkId(port.Network));
        if (port.Attachment != Weft.Model.AttachmentKind.Tap)
        {
            bool isUdp = port.Attachment == Weft.Model.AttachmentKind.Dgram && !Weft.Model.SocketText.IsPath(port.Path);
            return OnceFree(isUdp, () => Put(step, CommandKind.PutPort, 0, record));
        }
        int tap = taps.Open(port, target.Networks.FirstOrDefault(n => n.Name == port.Network)?.Mtu ?? 0, out string problem);
        if (tap < 0)
        {
            throw new StepFailedException(step, -tap, problem);
        }
        try
        {
            return Put(step, CommandKind.PutPort, 0, record, tap);
        }
        finally
        {
            FileCalls.Close(tap);
        }
    }

    /// <summary>A UDP port that was removed is free when the keeper has closed it too, a moment after the worker has answered: shutdown(2)
    /// frees no port that was bound.</summary>
    private ulong OnceFree(bool isUdp, Func<ulong> open)
    {
        while (true)
        {
            try
            {
                return open();
            }
            catch (StepFailedException failure) when (isUdp && failure.Errno == Errno.EADDRINUSE && _looks-- > 0)
            {
                Thread.Sleep(Moment);
            }
        }
    }

    private ulong NetworkId(string? name) => name is null ? 0 : running.Networks.GetValueOrDefault(name);

    private void Remove(PlanStep step, CommandKind kind, Dictionary<string, ulong> ids, string name)
    {
        if (ids.Remove(name, out ulong id))
        {
            CommandReply reply = link.Ask(kind, id);
            if (reply.Error is not (0 or Errno.ENOENT))
            {
                throw new StepFailedException(step, reply.Error, reply.Detail.ToString());
            }
        }
    }

    private ulong Put<T>(PlanStep step, CommandKind kind, ulong id, in T record, int descriptor = -1)
        where T : unmanaged
    {
        CommandReply reply = link.Ask(kind, id, record, descriptor);
        return reply.Error == 0 ? reply.Id : throw new StepFailedException(step, reply.Error, reply.Detail.ToString());
    }
}
