using System.Runtime.CompilerServices;
using Weft.Wire;

namespace Weft.Engine.Cables;

/// <summary>
/// Which frames a capture keeps: questions and joints in postfix order (host A, tcp, and). An empty program keeps all.
/// The answers so far are bits of one word, the latest in front, so nothing is allocated and no depth is too deep.
/// </summary>
[InlineArray(Most)]
public struct FilterProgram
{
    public const int Most = 32;
    private const int SenderOffset = ArpView.SenderIpOffset;
    private const int TargetOffset = ArpView.TargetIpOffset;

    private FilterStep _first;

    public readonly bool IsEmpty => this[0].Operation == FilterOperation.End;

    /// <summary>True when every joint finds its answers and one answer is left. What comes from a client is asked before it is used.</summary>
    public readonly bool IsSound()
    {
        int depth = 0;
        for (int i = 0; i < Most && this[i].Operation != FilterOperation.End; i++)
        {
            switch (this[i].Operation)
            {
                case FilterOperation.And or FilterOperation.Or:
                    if (--depth < 1)
                    {
                        return false;
                    }
                    break;
                case FilterOperation.Not when depth < 1:
                case > FilterOperation.Not:
                    return false;
                case FilterOperation.Not:
                    break;
                case FilterOperation.Net when this[i].Prefix > 128:
                    return false;
                default:
                    depth++;
                    break;
            }
        }
        return IsEmpty || depth == 1;
    }

    public readonly unsafe bool Keeps(in FrameRef frame)
    {
        if (IsEmpty)
        {
            return true;
        }
        // What is cut short or contradicts itself is asked as far as it could be read.
        ParsedFrame.TryParse(frame.Head, frame.HeadLength, frame.Length, out ParsedFrame parsed);
        if (parsed.Type == EtherType.Arp && frame.HeadLength - parsed.L3Offset >= ArpView.Size)
        {
            parsed.Source = IpAddress.ReadV4(frame.Head + parsed.L3Offset + SenderOffset);
            parsed.Destination = IpAddress.ReadV4(frame.Head + parsed.L3Offset + TargetOffset);
        }
        uint answers = 0;
        for (int i = 0; i < Most && this[i].Operation != FilterOperation.End; i++)
        {
            answers = Next(answers, in this[i], in parsed);
        }
        return (answers & 1) != 0;
    }

    private static uint Next(uint answers, in FilterStep step, in ParsedFrame frame) => step.Operation switch
    {
        FilterOperation.And => (answers >> 1) & (answers | ~1u),
        FilterOperation.Or => (answers >> 1) | (answers & 1),
        FilterOperation.Not => answers ^ 1,
        _ => (answers << 1) | (Asks(in step, in frame) ? 1u : 0),
    };

    private static bool Asks(in FilterStep step, in ParsedFrame frame) => step.Operation switch
    {
        FilterOperation.Host => frame.Source == step.Address || frame.Destination == step.Address,
        FilterOperation.Net => IsIn(frame.Source, in step) || IsIn(frame.Destination, in step),
        FilterOperation.Port => frame.Protocol is IpProtocol.Tcp or IpProtocol.Udp && (frame.SourcePort == step.Number || frame.DestinationPort == step.Number),
        FilterOperation.Protocol => frame.Protocol == step.Number && frame.Type is EtherType.Ipv4 or EtherType.Ipv6,
        FilterOperation.Type => frame.Type == step.Number,
        FilterOperation.Station => frame.SourceMac.Value == step.Address.Low || frame.DestinationMac.Value == step.Address.Low,
        FilterOperation.Icmp => frame.Protocol is IpProtocol.Icmp or IpProtocol.IcmpV6,
        _ => false,
    };

    private static bool IsIn(IpAddress address, in FilterStep net)
    {
        ulong high = net.Prefix >= 64 ? ulong.MaxValue : ~(ulong.MaxValue >> net.Prefix);
        ulong low = net.Prefix <= 64 ? 0 : net.Prefix == 128 ? ulong.MaxValue : ~(ulong.MaxValue >> (net.Prefix - 64));
        return !address.IsNone && ((address.High ^ net.Address.High) & high) == 0 && ((address.Low ^ net.Address.Low) & low) == 0;
    }
}
