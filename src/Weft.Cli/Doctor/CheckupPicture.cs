using System.Text;
using Weft.Cli.Output;

namespace Weft.Cli.Doctor;

/// <summary>A checkup as text: a line for each finding, and what mends it below.</summary>
internal static class CheckupPicture
{
    public static string Render(Checkup checkup, bool color)
    {
        Ink ink = new(color);
        StringBuilder text = new();
        foreach (Finding finding in checkup.Findings)
        {
            string mark = finding.State switch
            {
                Finding.Ok => ink.Good("✓"),
                Finding.Warn => ink.Warning("!"),
                Finding.Fail => ink.Bad("✗"),
                _ => ink.Faint("–"),
            };
            text.Append(mark).Append(' ').Append(finding.Subject).Append(": ").Append(finding.Text).Append('\n');
            if (finding.Try is { } line)
            {
                text.Append("  try: ").Append(line).Append('\n');
            }
        }
        int bad = checkup.Findings.Count(f => f.Fails);
        int poor = checkup.Findings.Count(f => f.State == Finding.Warn);
        return text.Append(bad == 0 && poor == 0 ? "all is well" : $"{bad} to mend, {poor} to look at").Append('\n').ToString();
    }
}
