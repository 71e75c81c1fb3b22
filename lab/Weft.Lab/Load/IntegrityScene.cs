using System.Globalization;
using System.Net;
using Weft.Cli.Demo;
using Weft.Engine.State;
using Weft.Lab.Guests;
using Weft.Lab.Seeing;
using Weft.Lab.Streams;
using Xunit.Abstractions;

namespace Weft.Lab.Load;

/// <summary>Long transfers in both directions arrive byte for byte, whatever the guest's NIC can do and the cable does to frames.</summary>
public sealed class IntegrityScene(ITestOutputHelper said)
{
    private const long Mebibyte = 1 << 20;

    private static readonly long Bytes = LoadTier.Pick(128, 1024) * Mebibyte;

    /// <summary>Chances per million frames, in each direction.</summary>
    private static readonly ImpairmentRecord BadCable = new() { Loss = 10_000, Duplicate = 10_000, Reorder = 10_000, Corrupt = 5_000, Seed = 7 };

    [Scene(Needs.Tap)]
    public async Task With_offloads()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        await TransferBothWays(lab, Bytes, "offloads on");
    }

    [Scene(Needs.Tap | Needs.Ethtool)]
    public async Task Without_offloads()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        await lab.Guest.MustAsync($"PATH=$PATH:/usr/sbin:/sbin ethtool -K {NamespaceHost.Tap(0)} tx off tso off gso off gro off");
        await TransferBothWays(lab, Bytes, "offloads off");
    }

    [Scene(Needs.Tap)]
    public async Task Over_a_bad_cable()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        WorkerDoor.Impair(lab.Home.Home, "vm1:1", BadCable);
        await TransferBothWays(lab, LoadTier.Pick(24, 1024) * Mebibyte, "bad cable, SACK");
    }

    /// <remarks>Without timestamps Linux does not take its time-out back after it sent again (Karn's algorithm, RFC 6298 §3): 200 ms, doubled
    /// with each loss, and so up to half a minute now and then, which is the guest's own. Weft's part is what a capture shows: how long
    /// a segment waits that the gateway had waited for.</remarks>
    [Scene(Needs.Tap | Needs.Root), Trait("Tier", "long")]
    public async Task Over_a_bad_cable_without_SACK_and_timestamps()
    {
        await using NamespaceHost lab = await NamespaceHost.UpAsync();
        await lab.Guest.MustAsync("busybox sysctl -w net.ipv4.tcp_sack=0 net.ipv4.tcp_timestamps=0");
        WorkerDoor.Impair(lab.Home.Home, "vm1:1", BadCable);
        string file = lab.Home.Folder.File("cable.pcapng");
        using RunningWeft capture = new(lab.Home, "capture", "vm1:1", "-w", file);
        await CaptureFiles.BeginsAsync(file, lab.Home);
        const string how = "bad cable, no SACK, no timestamps";
        await using StreamServer server = new(IPAddress.Loopback);
        await TransferAsync(lab, server, "put", 8 * Mebibyte, how);
        Assert.Contains("none missed", await capture.InterruptAsync());
        StreamReport got = await TransferAsync(lab, server, "get", 8 * Mebibyte, how);
        Assert.True(got.StallMilliseconds < LoadTier.StallLimit, got.ToString());
        double answer = await LongestAnswerAsync(file, lab.Gateway);
        said.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the longest answer took {answer * 1000:0} ms"));
        Assert.True(answer * 1000 < LoadTier.StallLimit, $"the gateway answered after {answer} s");
    }

    [Scene(Needs.Uml)]
    public async Task From_and_to_a_guest_whose_NIC_has_no_offloads()
    {
        long bytes = LoadTier.Pick(16, 1024) * Mebibyte;
        await using DemoWebServer pages = new(bytes);
        await using StreamServer server = new(IPAddress.Loopback);
        await using WeftHome home = await WeftHome.UpAsync("networks: { lab: nat-network }\nvms: { alpha: [{ net: lab, attach: seqpacket }] }\n");
        UmlGuest guest = await home.BootAsync("alpha");
        string gateway = (await guest.Lease).Gateway;

        GuestResult hash = await guest.RunAsync($"busybox wget -q -O - http://{gateway}:{pages.Port}/pattern | sha256sum", TimeSpan.FromMinutes(5));
        Assert.StartsWith(PatternStream.Hash(DemoWebServer.Seed, bytes), hash.Text);

        string file = home.Folder.File("upload");
        await WritePatternAsync(file, bytes);
        GuestResult sent = await guest.RunAsync($"busybox nc {gateway} {server.Port} <{file}", TimeSpan.FromMinutes(5));
        Assert.True(sent.Ok, sent.Output);
        StreamReport report = Assert.Single(server.Served);
        Assert.True(report.Right && report.StallMilliseconds < LoadTier.StallLimit, report.ToString());
    }

    /// <summary>Seconds from a sound segment of the guest that was next in turn to an acknowledgement of more than before, the longest.</summary>
    private static async Task<double> LongestAnswerAsync(string file, string gateway)
    {
        double longest = 0, since = -1;
        string awaited = "", back = "";
        string[][] segments = await CaptureFiles.ReadAsync(file,
            $"tcp.port != 0 && (ip.src == {gateway} || (ip.dst == {gateway} && ip.checksum.status == 1 && tcp.checksum.status == 1))",
            "frame.time_relative", "ip.src", "tcp.stream", "tcp.seq_raw", "tcp.ack_raw", "tcp.len", "tcp.flags.fin", "eth.src", "eth.dst");
        Assert.True(segments.Length > 1000, $"{segments.Length} segments");
        foreach (string[] segment in segments)
        {
            double time = double.Parse(segment[0], CultureInfo.InvariantCulture);
            if (segment[1] == gateway)
            {
                string next = $"{segment[2]} {segment[4]}";
                longest = next != awaited && since >= 0 ? Math.Max(longest, time - since) : longest;
                since = next != awaited ? -1 : since;
                awaited = next;
                back = $"{segment[8]} {segment[7]}";
            }
            else if (since < 0 && $"{segment[2]} {segment[3]}" == awaited && $"{segment[7]} {segment[8]}" == back && (segment[5] != "0" || segment[6] is "1" or "True"))
            {
                since = time;
            }
        }
        Assert.True(since < 0, "a segment was never answered");
        return longest;
    }

    private async Task TransferBothWays(NamespaceHost lab, long bytes, string how)
    {
        await using StreamServer server = new(IPAddress.Loopback);
        foreach (string direction in new[] { "put", "get" })
        {
            StreamReport report = await TransferAsync(lab, server, direction, bytes, how);
            Assert.True(report.StallMilliseconds < LoadTier.StallLimit, $"{direction} stood still for {report.StallMilliseconds} ms");
        }
    }

    private async Task<StreamReport> TransferAsync(NamespaceHost lab, StreamServer server, string direction, long bytes, string how)
    {
        StreamReport report = StreamReport.Parse(await lab.Guest.StreamToolAsync($"{direction} {lab.Gateway} {server.Port} {bytes} 5", TimeSpan.FromMinutes(10)));
        said.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{how}: {direction} {bytes / Mebibyte} MiB, {bytes * 8 / report.Seconds / 1e9:0.00} Gbit/s, longest pause {report.StallMilliseconds:0} ms"));
        Assert.True(report.Right, report.ToString());
        return report;
    }

    private static async Task WritePatternAsync(string file, long bytes)
    {
        await using FileStream upload = File.Create(file);
        await upload.WriteAsync(new StreamOrder(Upload: true, bytes, Seed: 7).ToBytes());
        PatternStream pattern = new(7);
        for (byte[] piece = new byte[1 << 20]; pattern.Position < bytes; await upload.WriteAsync(piece))
        {
            pattern.Fill(piece);
        }
    }
}
