namespace Weft.Model;

/// <summary>The words that files and the status use for the attachments.</summary>
public static class AttachmentKinds
{
    public static readonly string[] Words = [Seqpacket, Tap, VhostUser, Stream, Dgram];

    private const string Seqpacket = "seqpacket";
    private const string Tap = "tap";
    private const string VhostUser = "vhost-user";
    private const string Stream = "stream";
    private const string Dgram = "dgram";

    public static bool TryParse(string word, out AttachmentKind kind)
    {
        AttachmentKind? found = word switch
        {
            Seqpacket => AttachmentKind.Seqpacket,
            Tap => AttachmentKind.Tap,
            VhostUser => AttachmentKind.VhostUser,
            Stream => AttachmentKind.Stream,
            Dgram => AttachmentKind.Dgram,
            _ => null,
        };
        kind = found.GetValueOrDefault();
        return found is not null;
    }

    public static string Word(this AttachmentKind kind) => kind switch
    {
        AttachmentKind.Tap => Tap,
        AttachmentKind.VhostUser => VhostUser,
        AttachmentKind.Stream => Stream,
        AttachmentKind.Dgram => Dgram,
        _ => Seqpacket,
    };
}
