using System.Diagnostics;
using Weft.Gateway;
using Weft.Gateway.Arp;
using Weft.Gateway.Dhcp;
using Weft.Gateway.Dns;
using Weft.Gateway.Icmp;
using Weft.Gateway.Names;
using Weft.Tests.Gateway.Dhcp;
using Weft.Tests.Gateway.Dns;
using Weft.Wire;
using Weft.Wire.Dns;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway;

/// <summary>Every kind of frame that the services write, read by an implementation that is not ours.</summary>
public sealed unsafe class TsharkTests
{
    private static readonly MacAddress Alpha = Mac("52:54:00:00:00:0a");

    private readonly List<byte[]> _frames = [];

    [TsharkFact]
    public void Nothing_that_the_services_write_is_malformed()
    {
        AddArp();
        AddDhcp();
        AddDns();
        AddIcmpError();
        string[] lines = Read(["-o", "ip.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-T", "fields",
            "-e", "frame.protocols", "-e", "_ws.expert.severity", "-e", "_ws.col.Info"]);
        Assert.Equal(_frames.Count, lines.Length);
        foreach (string line in lines)
        {
            string[] fields = line.Split('\t');
            Assert.DoesNotContain("malformed", line, StringComparison.OrdinalIgnoreCase);
            // 8388608 is error, 6291456 warning.
            Assert.False(fields[1].Contains("8388608") || fields[1].Contains("6291456"), line);
        }
        Assert.Equal(2, lines.Count(line => line.Contains("eth:ethertype:arp")));
        Assert.Equal(5, lines.Count(line => line.Contains(":udp:dhcp")));
        Assert.Contains(lines, line => line.Contains("DHCP Offer"));
        Assert.Contains(lines, line => line.Contains("DHCP NAK"));
        Assert.Equal(8, lines.Count(line => line.Contains(":udp:dns") && line.Contains("Standard query response")));
        Assert.Single(lines, line => line.Contains("Destination unreachable"));
    }

    private void AddArp()
    {
        byte[] frame = new byte[ArpFrame.MaxSize];
        fixed (byte* to = frame)
        {
            _frames.Add(frame[..ArpFrame.WriteRequest(to, Facts, Ip("10.20.0.9"))]);
            _frames.Add(frame[..ArpFrame.WriteReply(to, Facts, Facts.Gateway, (Alpha, Ip("10.20.0.9")), 0)]);
        }
    }

    private void AddDhcp()
    {
        using var bench = new DhcpBench();
        bench.Nics.Put(new GuestNic(1, Alpha, default, "alpha"));
        var client = new DhcpClient(Alpha)
        {
            ClientId = [1, 2, 3, 4, 5, 6, 7],
            Extra = { (DhcpOption.ParameterList, [1, 3, 6, 12, 15, 26, 28]), (DhcpOption.RelayAgent, [1, 2, 7, 7]) },
        };
        Add(bench.Send(client.Discover()));
        Add(bench.Send(client.Selecting(Ip("10.20.0.15"), Facts.Gateway)));
        Add(bench.Send(client.InitReboot(Ip("192.0.2.1"))));
        Add(bench.Send(client.Inform(Ip("10.20.0.15"))));
        Add(bench.Send(new DhcpClient(Alpha) { Broadcast = true }.Discover()));
    }

    private void Add(DhcpAnswer answer)
    {
        byte[] frame = new byte[DhcpFrame.MaxSize];
        DhcpReply reply = answer.Reply;
        fixed (byte* to = frame)
        {
            _frames.Add(frame[..DhcpFrame.Write(to, Facts, in reply, answer.Bytes)]);
        }
    }

    private void AddDns()
    {
        var names = new NameTable();
        names.SetFixed(Facts);
        names.Set("alpha", Ip("10.20.0.15"), NameSource.Guest, 1000, 0);
        var responder = new DnsResponder(names);
        byte[] answer = new byte[DnsAnswer.MaxSize];
        foreach (byte[] query in (byte[][])[
            DnsMessages.Query("alpha"),
            DnsMessages.Query("ALPHA.weft.internal", opt: 0x8000),
            DnsMessages.Query("alpha.weft.internal", DnsType.Aaaa, opt: 0),
            DnsMessages.Query("nobody.weft.internal"),
            DnsMessages.Query("weft.internal", DnsType.Soa),
            DnsMessages.Query("15.0.20.10.in-addr.arpa", DnsType.Ptr),
            DnsMessages.Query("99.0.20.10.in-addr.arpa", DnsType.Ptr, opt: 0)])
        {
            AddDatagram(answer.AsSpan(0, responder.Answer(Facts, query, answer, 0).Length));
        }
        AddDatagram(answer.AsSpan(0, DnsResponder.WriteError(DnsMessages.Query("example.com", opt: 0), DnsCode.ServerFailure, answer)));
    }

    private void AddDatagram(ReadOnlySpan<byte> payload)
    {
        byte[] frame = new byte[2000];
        fixed (byte* to = frame)
        {
            int header = EthernetHeader.Write(to, Alpha, GatewayMac, EtherType.Ipv4);
            int length = GuestDatagram.Write(to + header, (Facts.Dns, 53), (Ip("10.20.0.15"), 5353), payload);
            _frames.Add(frame[..(header + length)]);
        }
    }

    private void AddIcmpError()
    {
        byte[] frame = new byte[EthernetView.Size + IcmpError.MaxSize];
        byte[] offending = new byte[64];
        fixed (byte* to = frame, at = offending)
        {
            GuestDatagram.Write(at, (Ip("10.20.0.15"), 1000), (Ip("192.0.2.1"), 2000), new byte[36]);
            int header = EthernetHeader.Write(to, Alpha, GatewayMac, EtherType.Ipv4);
            int length = IcmpError.Write(to + header, Facts.Gateway, offending, IcmpView.Unreachable, IcmpView.CodePortUnreachable);
            _frames.Add(frame[..(header + length)]);
        }
    }

    private string[] Read(string[] arguments)
    {
        string path = Path.GetTempFileName();
        try
        {
            using (var writer = new BinaryWriter(File.Create(path)))
            {
                WriteCapture(writer);
            }
            var start = new ProcessStartInfo(TsharkFactAttribute.Path, ["-n", "-r", path, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            _ = process.StandardError.ReadToEndAsync();
            string text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>The classic capture format (pcap), Ethernet.</summary>
    private void WriteCapture(BinaryWriter writer)
    {
        writer.Write(0xa1b2c3d4);
        writer.Write((ushort)2);
        writer.Write((ushort)4);
        writer.Write(0L);
        writer.Write(65_535);
        writer.Write(1);
        foreach (byte[] frame in _frames)
        {
            writer.Write(0L);
            writer.Write(frame.Length);
            writer.Write(frame.Length);
            writer.Write(frame);
        }
    }
}
