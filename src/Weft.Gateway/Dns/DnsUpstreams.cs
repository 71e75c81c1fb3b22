using Weft.Engine;

namespace Weft.Gateway.Dns;

/// <summary>
/// The resolvers that queries go to, and how they do. In the order given; one that failed is passed over for ten seconds,
/// unless all did: then the one whose time is up first is asked. A refusal by the host's network counts at once, silence
/// only the third time in a row, since a slow answer is mostly the fault of somebody further away.
/// </summary>
internal sealed class DnsUpstreams
{
    private const long DownFor = 10_000_000;
    private const int SilencesToFail = 3;

    private Upstream[] _all = [];

    public int Count => _all.Length;

    /// <summary>Grows with every replacement: a mask of tried ones is of no use after it.</summary>
    public int Version { get; private set; }

    public HostEnd this[int index] => _all[index].End;

    /// <summary>The first healthy one, for DNS over TCP; port 0 when there is none at all.</summary>
    public HostEnd Current(long now) => TryPick(0, now, out int index) ? _all[index].End : default;

    /// <summary>Takes a new list; what is known of those that stay is kept.</summary>
    public void Replace(IReadOnlyList<HostEnd> ends)
    {
        var all = new Upstream[Math.Min(ends.Count, ResolvConf.MaxServers)];
        for (int i = 0; i < all.Length; i++)
        {
            int known = IndexOf(ends[i]);
            all[i] = known < 0 ? new Upstream { End = ends[i] } : _all[known];
        }
        _all = all;
        Version++;
    }

    /// <summary>The best one whose bit is not in <paramref name="tried"/>.</summary>
    public bool TryPick(uint tried, long now, out int index)
    {
        index = -1;
        for (int i = 0; i < _all.Length; i++)
        {
            if ((tried & (1u << i)) != 0)
            {
                continue;
            }
            if (_all[i].DownUntil <= now)
            {
                index = i;
                return true;
            }
            if (index < 0 || _all[i].DownUntil < _all[index].DownUntil)
            {
                index = i;
            }
        }
        return index >= 0;
    }

    public void Answered(HostEnd end)
    {
        int index = IndexOf(end);
        if (index >= 0)
        {
            _all[index].Silences = 0;
            _all[index].DownUntil = 0;
        }
    }

    /// <summary>The network said that it cannot be reached.</summary>
    public void Failed(HostEnd end, long now)
    {
        int index = IndexOf(end);
        if (index >= 0)
        {
            _all[index].DownUntil = now + DownFor;
        }
    }

    public void Silent(HostEnd end, long now)
    {
        int index = IndexOf(end);
        if (index >= 0 && ++_all[index].Silences >= SilencesToFail)
        {
            _all[index].DownUntil = now + DownFor;
        }
    }

    private int IndexOf(HostEnd end)
    {
        for (int i = 0; i < _all.Length; i++)
        {
            if (_all[i].End == end)
            {
                return i;
            }
        }
        return -1;
    }

    private struct Upstream
    {
        public HostEnd End;
        public long DownUntil;
        public int Silences;
    }
}
