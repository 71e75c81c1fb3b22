namespace Weft.Model;

/// <summary>The words that files and the status use for the attachments.</summary>
public static class AttachmentKinds
{
    public static readonly string[] Words = [Seqpacket, Tap, VhostUser];

    private const string Seqpacket = "seqpacket";
    private const string Tap = "tap";
    private const string VhostUser = "vhost-user";

    public static bool TryParse(string word, out AttachmentKind kind)
    {
        AttachmentKind? found = word switch
        {
            Seqpacket => AttachmentKind.Seqpacket,
            Tap => AttachmentKind.Tap,
            VhostUser => AttachmentKind.VhostUser,
            _ => null,
        };
        kind = found.GetValueOrDefault();
        return found is not null;
    }

    public static string Word(this AttachmentKind kind) => kind switch
    {
        AttachmentKind.Tap => Tap,
        AttachmentKind.VhostUser => VhostUser,
        _ => Seqpacket,
    };
}
