using System.Buffers.Binary;
using Weft.Engine;
using Weft.Tests.Simulation;
using Weft.Wire;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>Looks at every packet toward the guest in the order it is sent, as RFC 9293 reads: what must hold for each.</summary>
internal sealed class OutputCheck(GuestStack guest, Func<int> mtu)
{
    private readonly Dictionary<(HostEnd Guest, HostEnd Peer), Line> _lines = [];

    private sealed class Line
    {
        public uint Isn;
        public int Scale = -1;
        public uint Ack;
        public uint Edge;
        public bool HasEdge;
    }

    /// <summary>After a kill: promises of the dead are kept as far as they can be, not exactly.</summary>
    public void Forget() => _lines.Clear();

    public void Look(GuestSegment segment, byte[] packet, in Offload offload)
    {
        LookAtHeaders(segment, packet, in offload);
        if (segment.Is(GuestSegment.Rst))
        {
            return;
        }
        if (guest.Find(segment.To, segment.From) is not { } connection)
        {
            return;
        }
        Line line = LineOf(segment, connection);
        LookAtAcknowledgement(segment, connection, line);
        LookAtPayload(segment, connection);
    }

    private Line LineOf(GuestSegment segment, GuestTcp connection)
    {
        bool isNew = !_lines.TryGetValue((segment.To, segment.From), out Line? line) || line.Isn != connection.Iss;
        if (isNew || segment.Is(GuestSegment.Syn))
        {
            line = _lines[(segment.To, segment.From)] = new Line { Isn = connection.Iss, Ack = segment.AckNumber };
        }
        return line!;
    }

    private void LookAtHeaders(GuestSegment segment, byte[] packet, in Offload offload)
    {
        int header = 20 + (packet[32] >> 4 << 2);
        uint sum = 0;
        for (int i = 0; i < 20; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(i));
        }
        Require((sum & 0xffff) + (sum >> 16) == 0xffff, "IP header checksum");
        Require(offload.Flags == Offload.NeedsChecksum && offload.ChecksumStart == 34 && offload.ChecksumOffset == 16, "checksum offload");
        Require(offload.HeaderLength == 14 + header, "header length");
        bool large = packet.Length > mtu();
        Require(!large || offload.GsoSize != 0, "segmentation");
        Require((offload.GsoType == Offload.GsoTcpV4) == (offload.GsoSize != 0), "kind of segmentation");
        Require(offload.GsoSize == 0 || offload.GsoSize < segment.Payload.Length, "segment size");
    }

    private void LookAtAcknowledgement(GuestSegment segment, GuestTcp connection, Line line)
    {
        if (!segment.Is(GuestSegment.Ack) || segment.Is(GuestSegment.Syn) || !connection.IsOpen)
        {
            return;
        }
        Require((int)(segment.AckNumber - connection.SndMax) <= 0, "acknowledges what was never sent");
        Require(!line.HasEdge || (int)(segment.AckNumber - line.Ack) >= 0, "acknowledgement moved back");
        uint edge = segment.AckNumber + ((uint)segment.Window << Math.Max(0, connection.PeerScale));
        Require(!line.HasEdge || (int)(edge - line.Edge) >= 0, $"window's right edge moved back by {line.Edge - edge}");
        (line.Ack, line.Edge, line.HasEdge) = (segment.AckNumber, edge, true);
    }

    private void LookAtPayload(GuestSegment segment, GuestTcp connection)
    {
        if (segment.Payload.Length > 0 && connection.IsOpen)
        {
            long wrong = Pattern.FirstWrong(segment.Payload, (uint)(segment.Seq - connection.PeerIsn - 1));
            Require(wrong < 0, $"wrong byte at {wrong}");
        }
    }

    private void Require(bool holds, string what)
    {
        if (!holds)
        {
            guest.Violations.Add($"{guest.Time.Now} sent: {what}");
        }
    }
}
