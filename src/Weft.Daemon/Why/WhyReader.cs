using System.Net;
using Weft.Daemon.Control;
using Weft.Daemon.Workers;
using Weft.Engine.State;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Model.Planning;

namespace Weft.Daemon.Why;

/// <summary>
/// Theory. <c>weft why A B</c>: what stands in the records is looked at first (cable, guest, network, address), then the worker
/// is asked what its own switch and gateway would do with the frames that A's guest would send (<see cref="CommandKind.Ask"/>),
/// then the host's kernel about what lies behind. Nothing is sent anywhere; what only sending could tell is a note.
/// </summary>
internal sealed class WhyReader(Steward steward, TimeProvider time)
{
    public async Task<WhyDocument> ReadAsync(string from, string to, string protocol)
    {
        await steward.TendAsync();
        View view = steward.View;
        if (view.Link is not { IsAlive: true } link)
        {
            throw NotRunning();
        }
        try
        {
            long now = time.GetUtcNow().ToUnixTimeSeconds();
            WhyFacts facts = link.Read(state => WhyFacts.Read(state, view.Plane, now));
            WhyEnd source = await WhyEnds.ParseAsync(from, view.Topology, facts);
            WhyEnd target = await WhyEnds.ParseAsync(to, view.Topology, facts);
            WhyProtocol asked = protocol.Length > 0 ? WhyProtocol.Parse(protocol)
                : target.IsOutside || target.Address is not null ? new WhyProtocol(Wire.IpProtocol.Tcp, 443) : WhyProtocol.Icmp;
            Asker ask = (in QuestionRecord question, out AnswerRecord answer) => Require(link.Ask(in question, out answer));
            return source switch
            {
                { Port: { } port } => new FromGuest(facts, asked, ask).Explain(port, target),
                { IsOutside: true } or { IsHost: true } when target.Port is { } guest =>
                    new FromOutside(facts, asked, ask).Explain(source, guest),
                _ => throw new WeftException(new WeftError(ErrorCode.Usage, $"'{from}' is no end to ask from",
                    "ask from a guest's NIC, or from 'outside' or 'host' to one", "weft why outside alpha:1 tcp/80")),
            };
        }
        catch (WorkerGoneException)
        {
            throw NotRunning();
        }
    }

    /// <summary>Asks the worker.</summary>
    internal delegate void Asker(in QuestionRecord question, out AnswerRecord answer);

    private static void Require(CommandReply reply)
    {
        if (reply.Error != 0)
        {
            throw new WeftException(new WeftError(ErrorCode.StepFailed, "the worker could not answer",
                $"what was asked about changed meanwhile, or the worker is of another version (errno {reply.Error})", "weft status"));
        }
    }

    private static WeftException NotRunning() =>
        new(new WeftError(ErrorCode.NotRunning, "no network is up", "there is no worker to ask", "weft up"));
}
