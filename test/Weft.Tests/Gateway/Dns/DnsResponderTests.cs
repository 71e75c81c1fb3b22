using System.Globalization;
using Weft.Engine;
using Weft.Gateway.Dns;
using Weft.Gateway.Names;
using Weft.Wire;
using Weft.Wire.Dns;
using static Weft.Tests.Gateway.Dns.DnsMessages;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dns;

public sealed class DnsResponderTests
{
    private readonly NameTable _names = new();
    private readonly DnsResponder _responder;
    private readonly byte[] _answer = new byte[DnsAnswer.MaxSize];

    public DnsResponderTests()
    {
        _responder = new DnsResponder(_names) { Zones = new DnsZones("lab.example") };
        _names.SetFixed(Facts);
        _names.Set("alpha", Ip("10.20.0.15"), NameSource.Guest, 1000, 0);
    }

    /// <summary>Golden: the whole answer, byte for byte.</summary>
    [Theory]
    [InlineData("hOsT.Weft.internal", DnsType.A, "12348580000100010000000004684f735404576566740869 6e7465726e616c0000010001 c00c000100010000000a00040a140001")]
    [InlineData("alpha", DnsType.A, "12348580000100010000000005616c706861000001 0001c00c000100010000000a00040a14000f")]
    [InlineData("alpha", DnsType.Aaaa, "12348580000100000000000005616c70686100001c0001")]
    [InlineData("15.0.20.10.in-addr.arpa", DnsType.Ptr,
        "123485800001000100000000023135013002323002313007696e2d61646472046172706100000c0001 c00c000c00010000000a001305616c706861036c6162076578616d706c6500")]
    public void Answers_are_these_bytes(string name, ushort type, string expected)
    {
        Assert.Equal(DnsVerdict.Answer, Ask(Query(name, type), out byte[] answer));
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(answer).ToLower(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("alpha.lab.example", "10.20.0.15")]
    [InlineData("ALPHA.weft.internal", "10.20.0.15")]
    [InlineData("gateway.lab.example", "10.20.0.1")]
    [InlineData("dns.weft.internal", "10.20.0.3")]
    [InlineData("host", "10.20.0.1")]
    public void Names_resolve_bare_and_in_both_zones(string name, string address)
    {
        Assert.Equal(DnsVerdict.Answer, Ask(Query(name), out byte[] answer));
        Assert.Equal(1, answer[7]);
        Assert.Equal(Ip(address).V4, System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(answer.Length - 4)));
    }

    [Theory]
    [InlineData("nobody.weft.internal", DnsType.A, DnsCode.NoSuchName)]
    [InlineData("x.alpha.lab.example", DnsType.A, DnsCode.NoSuchName)]
    [InlineData("alpha.lab.example", DnsType.Aaaa, DnsCode.NoError)]
    [InlineData("alpha.lab.example", (ushort)16, DnsCode.NoError)]
    [InlineData("lab.example", DnsType.A, DnsCode.NoError)]
    [InlineData("99.0.20.10.in-addr.arpa", DnsType.Ptr, DnsCode.NoSuchName)]
    [InlineData("15.0.20.10.in-addr.arpa", DnsType.A, DnsCode.NoError)]
    internal void What_is_not_there_is_denied_with_an_soa(string name, ushort type, DnsCode code)
    {
        Assert.Equal(DnsVerdict.Answer, Ask(Query(name, type), out byte[] answer));
        Assert.Equal(code, (DnsCode)(answer[3] & 15));
        Assert.Equal((0, 1), (answer[7], answer[9]));
    }

    [Theory]
    [InlineData("example.com", DnsType.A)]
    [InlineData("com", DnsType.Ns)]
    [InlineData("", DnsType.Ns)]
    [InlineData("nobody", DnsType.A)]
    [InlineData("notweft.internal", DnsType.A)]
    [InlineData("15.0.21.10.in-addr.arpa", DnsType.Ptr)]
    [InlineData("015.0.20.10.in-addr.arpa", DnsType.Ptr)]
    [InlineData("0.20.10.in-addr.arpa", DnsType.Soa)]
    [InlineData("1.15.0.20.10.in-addr.arpa", DnsType.Ptr)]
    [InlineData("300.0.20.10.in-addr.arpa", DnsType.Ptr)]
    public void What_is_not_ours_is_forwarded(string name, ushort type) =>
        Assert.Equal(DnsVerdict.Forward, Ask(Query(name, type), out _));

    [Fact]
    public void The_zones_soa_is_an_answer()
    {
        Ask(Query("weft.internal", DnsType.Soa), out byte[] answer);
        Assert.Equal((1, 0), (answer[7], answer[9]));
    }

    [Fact]
    public void A_vm_with_two_nics_has_two_addresses()
    {
        _names.Set("alpha", Ip("10.20.0.16"), NameSource.Guest, 1000, 0);
        Ask(Query("alpha"), out byte[] answer);
        Assert.Equal(2, answer[7]);
    }

    /// <summary>Golden: static names on the wire.</summary>
    [Theory]
    [InlineData("printer.weft.internal", DnsType.A, "1234858000010001000000000770 72696e746572 0477656674 08696e7465726e616c 00 00010001 c00c000100010000000a00040a140009")]
    [InlineData("Api.example.test", DnsType.A,
        "1234858000010002000000000341706907 6578616d706c65 0474657374 00 00010001 c00c000100010000000a0004c0000207 c00c000100010000000a0004c0000208")]
    [InlineData("api.example.test", DnsType.Aaaa, "123485800001000000000000036170 6907 6578616d706c65 0474657374 00 001c0001")]
    [InlineData("9.0.20.10.in-addr.arpa", DnsType.Ptr,
        "12348580000100010000000001390130023230 023130 07696e2d61646472 0461727061 00 000c0001 c00c000c00010000000a0015 077072696e746572 036c6162 076578616d706c65 00")]
    [InlineData("8.0.20.10.in-addr.arpa", DnsType.Ptr,
        "12348580000100010000000001380130023230 023130 07696e2d61646472 0461727061 00 000c0001 c00c000c00010000000a0013 03777777 096578616d706c652d31 0361626300")]
    public void Static_names_are_answered_with_these_bytes(string name, ushort type, string expected)
    {
        GiveStaticNames();
        Assert.Equal(DnsVerdict.Answer, Ask(Query(name, type), out byte[] answer));
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(answer).ToLower(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("printer", 1)]
    [InlineData("PRINTER.lab.example", 1)]
    [InlineData("db.weft.internal", 8)]
    public void Static_labels_resolve_bare_and_in_both_zones(string name, int count)
    {
        GiveStaticNames();
        Ask(Query(name), out byte[] answer);
        Assert.Equal(count, answer[7]);
    }

    /// <summary>A full name is itself: neither what lies below it nor what it would be below a zone.</summary>
    [Theory]
    [InlineData("api.example.test.weft.internal", DnsVerdict.Answer)]
    [InlineData("v2.api.example.test", DnsVerdict.Forward)]
    [InlineData("example.test", DnsVerdict.Forward)]
    [InlineData("api", DnsVerdict.Forward)]
    internal void A_full_name_is_answered_as_it_is(string name, DnsVerdict verdict)
    {
        GiveStaticNames();
        Assert.Equal(verdict, Ask(Query(name), out byte[] answer));
        Assert.Equal(verdict == DnsVerdict.Answer ? DnsCode.NoSuchName : DnsCode.NoError, answer.Length == 0 ? DnsCode.NoError : (DnsCode)(answer[3] & 15));
    }

    [Fact]
    public void The_longest_full_name_with_all_its_addresses_fits()
    {
        string name = string.Join('.', new string('a', 63), new string('b', 63), new string('c', 63), new string('d', 61));
        _names.SetStatic(DnsName.FromText(name), Eight);
        DnsAnswer answer = _responder.Answer(Facts, Query(name, opt: 0), _answer, 0);
        Assert.Equal((DnsVerdict.Answer, 8), (answer.Verdict, _answer[7]));
    }

    [Fact]
    public void A_name_ends_with_its_lease() =>
        Assert.Equal(DnsVerdict.Forward, Ask(Query("alpha"), out _, now: 1000));

    [Fact]
    public void Edns_is_answered_and_another_version_refused()
    {
        Ask(Query("alpha", opt: 0x8000), out byte[] answer);
        Assert.Equal(1, answer[11]);
        Assert.Equal(new byte[] { 0, 0, 41, 4, 208, 0, 0, 0x80, 0, 0, 0 }, answer[^11..]);
        Ask(Query("alpha", opt: 1 << 16), out answer);
        Assert.Equal((0, 1, 0), (answer[3] & 15, answer[11], answer[7]));
        Assert.Equal(1, answer[^6]);
    }

    [Fact]
    public void Responses_are_dropped_and_unreadable_queries_get_an_error()
    {
        byte[] response = AnswerTo(Query("alpha"));
        Assert.Equal(DnsVerdict.Drop, Ask(response, out _));
        Assert.Equal(DnsVerdict.Drop, Ask([1, 2, 3], out _));
        byte[] two = Query("alpha");
        two[5] = 2;
        Assert.Equal(DnsVerdict.Answer, Ask(two, out byte[] error));
        Assert.Equal(new byte[] { 0x12, 0x34, 0x81, 1, 0, 0, 0, 0, 0, 0, 0, 0 }, error);
        byte[] update = Query("alpha");
        update[2] |= 5 << 3;
        Assert.Equal(DnsVerdict.Forward, Ask(update, out _));
    }

    [Fact]
    public void The_longest_names_fit()
    {
        string label = new('z', 61);
        var responder = new DnsResponder(_names) { Zones = new DnsZones($"{label}.{label}.{label}") };
        DnsAnswer answer = responder.Answer(Facts, Query($"{label}.{label}.{label}.{label}", opt: 0), _answer, 0);
        Assert.Equal(DnsVerdict.Answer, answer.Verdict);
        Assert.InRange(answer.Length, 400, DnsAnswer.MaxSize);
    }

    [Fact]
    public void Answers_allocate_nothing()
    {
        GiveStaticNames();
        byte[][] queries = [Query("alpha"), Query("nobody.weft.internal", opt: 0), Query("15.0.20.10.in-addr.arpa", DnsType.Ptr), Query("api.example.test")];
        Work();
        Assert.Equal(0, Allocated.By(Work));

        void Work()
        {
            for (int i = 0; i < 1000; i++)
            {
                _responder.Answer(Facts, queries[i & 3], _answer, 0);
            }
        }
    }

    [Fact]
    public void Random_messages_never_throw()
    {
        var random = new Random(7);
        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = Query(i % 2 == 0 ? "alpha.lab.example" : "15.0.20.10.in-addr.arpa", DnsType.Any, opt: 0);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            DnsAnswer answer = _responder.Answer(Facts, bytes.AsSpan(0, random.Next(bytes.Length + 1)), _answer, 0);
            Assert.Equal(answer.Verdict == DnsVerdict.Answer, answer.Length > 0);
            Assert.Equal(answer.Verdict == DnsVerdict.Drop, answer.Reason == DropReason.BadHeader);
        }
    }

    private static IpAddress[] Eight => [.. Enumerable.Range(1, 8).Select(i => Ip($"10.20.0.{100 + i}"))];

    private void GiveStaticNames()
    {
        _names.SetStatic("printer"u8, [Ip("10.20.0.9")]);
        _names.SetStatic("db"u8, Eight);
        _names.SetStatic(DnsName.FromText("api.example.test"), [Ip("192.0.2.7"), Ip("192.0.2.8")]);
        _names.SetStatic(DnsName.FromText("www.example-1.abc"), [Ip("10.20.0.8")]);
    }

    private DnsVerdict Ask(byte[] query, out byte[] answer, long now = 0)
    {
        DnsAnswer result = _responder.Answer(Facts, query, _answer, now);
        answer = _answer[..result.Length];
        return result.Verdict;
    }
}
