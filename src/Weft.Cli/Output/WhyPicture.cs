using System.Text;
using Weft.Model.Api;

namespace Weft.Cli.Output;

/// <summary>An explanation as text: the two ends, a line for each step, the verdict, and what leads out.</summary>
internal static class WhyPicture
{
    public static string Render(WhyDocument why, bool color)
    {
        Ink ink = new(color);
        StringBuilder text = new();
        text.Append(ink.Strong($"{why.From} → {why.To} {why.Protocol}")).Append('\n');
        foreach (WhyStep step in why.Steps)
        {
            string mark = step.State switch
            {
                WhyStep.Ok => ink.Good("✓"),
                WhyStep.Fail => ink.Bad("✗"),
                _ => ink.Faint("–"),
            };
            text.Append(' ').Append(mark).Append(' ').Append(step.Text).Append('\n');
        }
        text.Append("verdict: ").Append(why.Reaches ? ink.Good(why.Verdict) : ink.Bad(why.Verdict)).Append('\n');
        if (why.Try is { } line)
        {
            text.Append("try: ").Append(line).Append('\n');
        }
        return text.ToString();
    }
}
