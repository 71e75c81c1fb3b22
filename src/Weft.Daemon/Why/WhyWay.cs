using Weft.Engine;
using Weft.Model.Api;

namespace Weft.Daemon.Why;

/// <summary>Collects the steps of one way; the first that fails ends it.</summary>
internal sealed class WhyWay(string to, WhyProtocol protocol)
{
    private readonly List<WhyStep> _steps = [];

    public string From { get; set; } = "";

    public string To { get; set; } = to;

    public void Ok(string text) => _steps.Add(new WhyStep(WhyStep.Ok, text));

    public void Note(string text) => _steps.Add(new WhyStep(WhyStep.Note, text));

    public WhyDocument Reaches(string what) => Document($"reaches {what}") with { Reaches = true };

    /// <param name="tryLine">Null: the reason explains itself.</param>
    public WhyDocument Dropped(DropReason reason, string text, string? tryLine = null)
    {
        DropReasonText words = DropReasons.Of(reason);
        _steps.Add(new WhyStep(WhyStep.Fail, text));
        return Document($"dropped ({words.Name})") with { Reason = words.Name, Try = tryLine ?? $"weft explain {words.Name}" };
    }

    /// <summary>It ends before there is a frame, so no counter has a name for it.</summary>
    public WhyDocument Stops(string verdict, string text, string tryLine)
    {
        _steps.Add(new WhyStep(WhyStep.Fail, text));
        return Document(verdict) with { Reason = verdict, Try = tryLine };
    }

    private WhyDocument Document(string verdict) =>
        new() { From = From, To = To, Protocol = protocol.ToString(), Steps = [.. _steps], Verdict = verdict };
}
