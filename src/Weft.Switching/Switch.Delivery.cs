using Weft.Engine;

namespace Weft.Switching;

/// <summary>Hands a decided burst out: once per destination port, in the order of arrival.</summary>
public sealed unsafe partial class Switch
{
    private void Deliver(Port from, Burst burst)
    {
        Span<FrameRef> frames = burst.Frames;
        if (IsForOnePort(frames.Length, out ushort only))
        {
            _stations[only].Port!.DeliverOrHold(from, burst);
            return;
        }
        _burstNumber++;
        bool isAnyForAll = false;
        for (int i = 0; i < frames.Length; i++)
        {
            ushort verdict = _verdicts[i];
            isAnyForAll |= verdict == ToAll;
            if (verdict < MaxPorts && _stations[verdict].ServedBurst != _burstNumber)
            {
                _stations[verdict].ServedBurst = _burstNumber;
                DeliverGroup(_stations[verdict].Port!, GroupFor(verdict, frames));
            }
        }
        if (isAnyForAll)
        {
            Flood(from, GroupFor(ToAll, frames));
        }
    }

    /// <summary>The common case: a run of one flow. The burst goes on as it is.</summary>
    private bool IsForOnePort(int count, out ushort only)
    {
        only = count == 0 ? ToNobody : _verdicts[0];
        for (int i = 1; i < count; i++)
        {
            if (_verdicts[i] != only)
            {
                return false;
            }
        }
        return only < MaxPorts;
    }

    /// <summary>The frames for <paramref name="verdict"/>, those for all ports among them, side by side.</summary>
    private int GroupFor(ushort verdict, Span<FrameRef> frames)
    {
        int count = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            if (_verdicts[i] == verdict || _verdicts[i] == ToAll)
            {
                _group[count++] = frames[i];
            }
        }
        return count;
    }

    private void DeliverGroup(Port port, int count) => port.Deliver(new ReadOnlySpan<FrameRef>(_group, count));

    /// <summary>Every port that is up and has not had its frames yet gets those that are for all.</summary>
    private void Flood(Port from, int count)
    {
        for (int i = 0; i < _portsEnd; i++)
        {
            Port? port = _stations[i].Port;
            if (port is not null && port != from && port.IsUp && _stations[i].ServedBurst != _burstNumber)
            {
                DeliverGroup(port, count);
            }
        }
    }

    private int UpPortsBut(Port from)
    {
        int count = 0;
        for (int i = 0; i < _portsEnd; i++)
        {
            Port? port = _stations[i].Port;
            count += port is not null && port != from && port.IsUp ? 1 : 0;
        }
        return count;
    }
}
