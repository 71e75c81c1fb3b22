using System.Buffers.Binary;
using Weft.Model.Api;
using Weft.Wire;
using Xunit.Abstractions;

namespace Weft.Lab.Load;

/// <summary>A guest that speaks garbage on its socket loses its own frames only.</summary>
public sealed class GarbageScene(ITestOutputHelper said)
{
    private const int Port = 21_000;

    [Scene(Needs.Tap | Needs.Root)]
    public async Task Costs_its_own_port_only()
    {
        await using LoadStage stage = await LoadStage.UpAsync(raw: 2);
        await stage.Host.ServeAsync("127.0.0.1", Port);
        StatusDocument before = await stage.StatusAsync();
        using RawPort one = new(before, "raw1:1"), two = new(before, "raw2:1");
        byte[] gateway = stage.GatewayMac();
        await using LoadProcess good = LoadProcess.Start(stage.Guest, $"bulk {stage.Gateway} {Port} {LoadTier.Pick(4, 20)}");
        await Task.Run(() => Spoil(one, two, gateway));
        string? report = await good.SaysAsync();

        StatusDocument after = await stage.StatusAsync();
        said.WriteLine($"beside it {report} (streams of 64 MiB right, wrong; datagrams echoed, sent)");
        foreach (PortDocument port in after.Networks.SelectMany(n => n.Ports))
        {
            said.WriteLine($"{port.Name}: {string.Join(", ", port.DropsByReason)}");
        }
        said.WriteLine($"gateway: {string.Join(", ", after.Networks.SelectMany(n => n.DropsByReason))}");
        Assert.Matches("^[1-9][0-9]* 0 ", report);
        Assert.Equal((before.Worker.Pid, 0), (after.Worker.Pid, after.Worker.Restarts));
        Assert.Equal(0, PortOf(after, "vm1:1").Drops);
        SortedDictionary<string, long> drops = PortOf(after, "raw1:1").DropsByReason;
        Assert.All(new[] { "truncated", "oversized", "source-is-group", "mac-limit" }, reason => Assert.True(drops.ContainsKey(reason), reason));
        Assert.Contains(new[] { PortOf(after, "raw1:1"), PortOf(after, "raw2:1") }, p => p.DropsByReason.ContainsKey("mac-moved"));
        Assert.Contains(after.Problems, p => p.ToString().Contains("MAC of another port"));
    }

    private static void Spoil(RawPort one, RawPort two, byte[] gateway)
    {
        Random random = new(11);
        byte[] frame = new byte[100_000];
        for (int i = 0; i < LoadTier.Pick(20_000, 200_000); i++)
        {
            random.NextBytes(frame.AsSpan(0, 256));
            switch (i % 8)
            {
                case 0:
                    one.Send(frame.AsSpan(0, random.Next(1, 14))); // shorter than its own header
                    break;
                case 1 when i % 64 == 1:
                    one.Send(frame); // longer than any frame
                    break;
                case 2:
                    frame[6] |= 1;
                    one.Send(frame.AsSpan(0, random.Next(14, 256)));
                    break;
                case 3:
                    one.Send(LyingHeader(random, one, gateway));
                    break;
                case 4 or 5:
                    one.Mac.CopyTo(frame, 6);
                    gateway.CopyTo(frame, 0);
                    one.Send(frame.AsSpan(0, random.Next(14, 256)));
                    break;
                default:
                    byte[] shared = RawPort.Ip(gateway, [2, 0xee, 0, 0, 0, 1], (0x0a00_0209, 0x0a00_0201), IpProtocol.Udp, frame.AsSpan(0, 20));
                    (i % 2 == 0 ? one : two).Send(shared);
                    break;
            }
        }
        ManySources(one, LoadTier.Pick(100_000, 1_000_000));
    }

    /// <summary>Headers whose lengths promise more, or less, than there is.</summary>
    private static byte[] LyingHeader(Random random, RawPort port, byte[] gateway)
    {
        Span<byte> payload = stackalloc byte[40];
        random.NextBytes(payload);
        byte[] frame = RawPort.Ip(gateway, port.Mac, (0x0a00_020a, 0xc000_0201), random.Next(2) == 0 ? IpProtocol.Tcp : IpProtocol.Udp, payload);
        switch (random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), (ushort)random.Next(65_536)); // total length
                break;
            case 1:
                frame[14] = (byte)(0x40 | random.Next(16)); // header length
                break;
            case 2:
                frame[14 + 20 + 12] = 0xf0; // TCP data offset
                break;
            default:
                BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(14 + 20 + 4), (ushort)random.Next(65_536)); // UDP length
                break;
        }
        return frame;
    }

    private static void ManySources(RawPort port, int count)
    {
        byte[] frame = new byte[60];
        frame.AsSpan(0, 6).Fill(0xff);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), 0x88b5); // local experimental
        for (int i = 0; i < count; i++)
        {
            frame[6] = 0x02;
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), i);
            port.Send(frame);
        }
    }

    private static PortDocument PortOf(StatusDocument status, string name) => status.Networks.SelectMany(n => n.Ports).Single(p => p.Name == name);
}
