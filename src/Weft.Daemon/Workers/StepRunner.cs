using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Planning;

namespace Weft.Daemon.Workers;

/// <summary>Takes the steps of a plan toward <paramref name="target"/>, one command each. A refused step throws and leaves the ones before
/// it taken.</summary>
internal sealed class StepRunner(WorkerLink link, Running running, DataPlane target, ITapSource taps)
{
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
                running.Forwards[s.Forward.Key] = Put(step, CommandKind.PutForward, 0, Records.Of(s.Forward, NetworkId(s.Forward.Network)));
                break;
        }
    }

    private ulong AddPort(PlanStep step, PlanePort port)
    {
        PortRecord record = Records.Of(port, NetworkId(port.Network));
        if (port.Attachment != Weft.Model.AttachmentKind.Tap)
        {
            return Put(step, CommandKind.PutPort, 0, record);
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
