using Weft.Engine;
using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>One connection whose guest end is made up: true numbers with some of them bent.</summary>
internal sealed class FuzzedLine
{
    private readonly TcpBench _bench;
    private readonly Random _random;
    private readonly HostEnd _local;
    private readonly uint _isn;
    private readonly List<uint> _seen = [];
    private uint _peerIsn;
    private uint _highest;
    private uint _edge;
    private uint _acknowledged;
    private bool _stamps;
    private int _scale;
    private int _forgiven;
    private int _kills;

    public FuzzedLine(TcpBench bench, Random random)
    {
        (_bench, _random) = (bench, random);
        _local = new HostEnd(TcpBench.GuestAddress, (ushort)random.Next(1024, 65_535));
        _isn = (uint)random.NextInt64(uint.MaxValue);
        _stamps = random.Next(2) == 0;
        _scale = random.Next(10) == 0 ? 14 : random.Next(-1, 3);
        _kills = bench.Kills;
        bench.ToGuest.Loses = Look;
        bench.Arrive(Segment(_isn, 0, GuestSegment.Syn) with { Mss = (ushort)random.Next(0, 2000), Scale = _scale, SackPermitted = random.Next(2) == 0 });
        bench.Run(2_000);
        bench.Arrive(Segment(_isn + 1, _peerIsn + 1, GuestSegment.Ack) with { Window = 1000 });
        Promise(_peerIsn + 1, 1000u << Math.Max(0, _scale));
    }

    public void Say()
    {
        uint seq = _random.Next(5) switch
        {
            0 => _isn + 1,
            1 => _isn + (uint)_random.Next(-5_000, 5_000),
            2 => (uint)_random.NextInt64(uint.MaxValue),
            _ => _acknowledged + (uint)_random.Next(-3, 3) * (uint)_random.Next(0, 1500),
        };
        uint ack = _random.Next(6) switch
        {
            0 => (uint)_random.NextInt64(uint.MaxValue),
            1 => _peerIsn + 1,
            2 => _highest + (uint)_random.Next(-10, 3),
            3 => _highest,
            _ => _seen.Count == 0 ? _peerIsn + 1 : _seen[_random.Next(_seen.Count)],
        };
        byte flags = (byte)(_random.Next(8) == 0 ? _random.Next(256) : GuestSegment.Ack | (_random.Next(40) == 0 ? GuestSegment.Fin : 0));
        ushort window = (ushort)(_random.Next(3) == 0 ? 0 : _random.Next(65_536));
        var payload = new byte[_random.Next(3) == 0 ? _random.Next(3_000) : 0];
        GuestSegment segment = Segment(seq, ack, flags) with { Window = window, Payload = payload, Sack = Sacks() };
        // After a takeover the guest may acknowledge what this worker never sent, up to all that the socket held.
        int ahead = _bench.Kills > 0 ? _bench.World.ReceiveBuffer : 0;
        if ((int)(ack - _highest) <= ahead)
        {
            Promise(ack, (uint)window << Math.Max(0, _scale));
        }
        _bench.Arrive(segment);
    }

    /// <summary>An exact reset, wherever the flow stands.</summary>
    public void Hang()
    {
        _bench.Run(10_000);
        _bench.Arrive(Segment(_acknowledged, 0, GuestSegment.Rst));
        _bench.Run(1_000);
    }

    private bool Look(GuestSegment segment)
    {
        if (segment.To != _local)
        {
            return true;
        }
        if (segment.Is(GuestSegment.Syn))
        {
            _peerIsn = segment.Seq;
            _highest = segment.Seq + 1;

            // A made-up SYN may have had any window, unscaled.
            _edge = _highest + ushort.MaxValue;
        }
        if (!segment.Is(GuestSegment.Rst))
        {
            _acknowledged = segment.AckNumber;
        }
        if (_bench.Kills != _kills)
        {
            // A successor sends one segment to learn where the guest is.
            (_kills, _forgiven) = (_bench.Kills, 2_000);
        }
        if (segment.Payload.Length > 0)
        {
            if ((int)(segment.End - _edge) > 1 + _forgiven)
            {
                _bench.Violations.Add($"{segment.End - _edge} bytes beyond the window");
            }
            _highest = (int)(segment.End - _highest) > 0 ? segment.End : _highest;
            _seen.Add(segment.End);
        }
        return true;
    }

    private void Promise(uint ack, uint window)
    {
        if (_peerIsn != 0 && (int)(ack - _peerIsn) > 0 && (int)(ack + window - _edge) > 0)
        {
            _edge = ack + window;
        }
    }

    private (uint, uint)[] Sacks()
    {
        if (_random.Next(4) != 0)
        {
            return [];
        }
        return [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ =>
        {
            uint from = _highest - (uint)_random.Next(0, 20_000);
            return (from, from + (uint)_random.Next(-100, 5_000));
        })];
    }

    private GuestSegment Segment(uint seq, uint ack, byte flags) => new()
    {
        From = _local,
        To = TcpBench.Server,
        Seq = seq,
        AckNumber = ack,
        Flags = flags,
        Window = 8192,
        Timestamps = _stamps && _random.Next(10) != 0 ? ((uint)(_bench.World.Time.Now / 1000) - (uint)(_random.Next(20) == 0 ? _random.Next(5000) : 0), 0) : null,
    };
}
