using Weft.Model.Api;

namespace Weft.Cli.Commands;

/// <summary>Says what a change did: a line for each step, then what there is to know.</summary>
internal static class ChangeReport
{
    public static void Write(TextWriter to, ChangeReply reply, string nothing)
    {
        foreach (string step in reply.Steps)
        {
            to.WriteLine(step);
        }
        if (reply.Steps.Length == 0 && reply.Notes.Length == 0)
        {
            to.WriteLine(nothing);
        }
        foreach (string note in reply.Notes)
        {
            to.WriteLine($"note: {note}");
        }
    }
}
