using System.Net;
using Weft.Daemon.Names;
using Weft.Model;
using Weft.Wire.Dns;
using static Weft.Tests.Gateway.Dns.DnsMessages;

namespace Weft.Tests.Daemon.Names;

/// <summary>What the host is answered, question by question.</summary>
public sealed class NameResponderTests
{
    private static readonly NameIndex Names = new(
    [
        Of("gateway", "lab", KnownName.Router, "10.20.0.1"),
        Of("host", "lab", KnownName.Router, "10.20.0.1"),
        Of("alpha", "lab", KnownName.Vm, "10.20.0.15", "10.20.0.16"),
        Of("lab", "office", KnownName.Vm, "10.60.1.7"),
        Of("alpha", "office", KnownName.Learned, "10.60.1.9"),
        Of("printer", "office", KnownName.Learned, "10.60.1.8"),
        Of("six", "lab", KnownName.Static, "fd00::6"),
        Of("db.prod.weft.internal", "lab", KnownName.Static, "10.20.0.99"),
        Of("www.example.com", "lab", KnownName.Static, "10.20.0.98"),
        .. Enumerable.Range(1, 100).Select(i => Of("many", $"n{i}", KnownName.Vm, $"10.99.0.{i}")),
    ], ["lab", "office"], [IPNetwork.Parse("10.20.0.0/24"), IPNetwork.Parse("10.60.0.0/20"), IPNetwork.Parse("10.61.0.64/26")]);

    [Theory]
    [InlineData("alpha.weft.internal", "10.20.0.15 10.20.0.16")] // not what a guest of another network says of itself
    [InlineData("alpha.lab.weft.internal", "10.20.0.15 10.20.0.16")]
    [InlineData("alpha.office.weft.internal", "10.60.1.9")]
    [InlineData("printer.weft.internal", "10.60.1.8")]
    [InlineData("gateway.weft.internal", "10.20.0.1")]
    [InlineData("lab.weft.internal", "10.60.1.7")] // a guest that is called like a network
    [InlineData("db.prod.weft.internal", "10.20.0.99")]
    public void A_name_has_its_addresses_and_keeps_its_case(string name, string addresses)
    {
        string asked = $"{name[..1].ToUpperInvariant()}{name[1..]}";

        DnsReply reply = Ask(asked);

        Assert.Equal((DnsCode.NoError, asked, (ushort)0x1234), (reply.Code, reply.Question, reply.Id));
        Assert.Equal(addresses.Split(' ').Select(a => $"{asked} {a}"), reply.Answers);
        Assert.True(reply.Has(DnsView.AuthoritativeFlag));
        Assert.False(reply.Has(DnsView.RecursionAvailableFlag));
    }

    [Theory]
    [InlineData("nobody.weft.internal", DnsType.A, DnsCode.NoSuchName, "weft.internal")]
    [InlineData("printer.lab.weft.internal", DnsType.A, DnsCode.NoSuchName, "lab.weft.internal")]
    [InlineData("a.alpha.lab.weft.internal", DnsType.A, DnsCode.NoSuchName, "lab.weft.internal")]
    [InlineData("alpha.nowhere.weft.internal", DnsType.A, DnsCode.NoSuchName, "weft.internal")]
    [InlineData("alpha.weft.internal", DnsType.Aaaa, DnsCode.NoError, "weft.internal")]
    [InlineData("six.weft.internal", DnsType.A, DnsCode.NoError, "weft.internal")]
    [InlineData("prod.weft.internal", DnsType.A, DnsCode.NoError, "weft.internal")] // a name lies below it
    [InlineData("weft.internal", DnsType.A, DnsCode.NoError, "weft.internal")]
    [InlineData("office.weft.internal", DnsType.A, DnsCode.NoError, "office.weft.internal")]
    [InlineData("99.0.20.10.in-addr.arpa", DnsType.A, DnsCode.NoError, "0.20.10.in-addr.arpa")]
    [InlineData("77.0.20.10.in-addr.arpa", DnsType.Ptr, DnsCode.NoSuchName, "0.20.10.in-addr.arpa")]
    [InlineData("9.15.60.10.in-addr.arpa", DnsType.Ptr, DnsCode.NoSuchName, "15.60.10.in-addr.arpa")]
    [InlineData("70.0.61.10.in-addr.arpa", DnsType.Ptr, DnsCode.NoSuchName, "0.61.10.in-addr.arpa")]
    [InlineData("0.20.10.in-addr.arpa", DnsType.Ptr, DnsCode.NoError, "0.20.10.in-addr.arpa")]
    public void What_is_not_there_is_said_with_the_zone(string name, ushort type, DnsCode code, string zone)
    {
        DnsReply reply = Ask(name, type);

        Assert.Equal(code, reply.Code);
        Assert.Empty(reply.Answers);
        Assert.Equal([$"{zone} SOA"], reply.Authority);
    }

    [Theory]
    [InlineData("weft.internal")]
    [InlineData("lab.weft.internal")]
    [InlineData("0.20.10.in-addr.arpa")]
    [InlineData("7.60.10.in-addr.arpa")]
    public void Every_zone_has_its_authority(string zone) => Assert.Equal([$"{zone} SOA"], Ask(zone, DnsType.Soa).Answers);

    [Theory]
    [InlineData("15.0.20.10.in-addr.arpa", "alpha.lab.weft.internal")]
    [InlineData("1.0.20.10.in-addr.arpa", "gateway.lab.weft.internal")]
    [InlineData("8.1.60.10.in-addr.arpa", "printer.office.weft.internal")]
    [InlineData("99.0.20.10.in-addr.arpa", "db.prod.weft.internal")]
    public void An_address_has_its_best_name(string name, string found) => Assert.Equal([$"{name} {found}"], Ask(name, DnsType.Ptr).Answers);

    [Fact]
    public void An_address_of_the_sixth_version_is_another_type() => Assert.Equal(["six.weft.internal fd00::6"], Ask("six.weft.internal", DnsType.Aaaa).Answers);

    [Theory]
    [InlineData("www.example.com", DnsType.A)]
    [InlineData("alpha", DnsType.A)]
    [InlineData("", DnsType.Soa)]
    [InlineData("internal", DnsType.A)]
    [InlineData("alphaweft.internal", DnsType.A)]
    [InlineData("1.0.21.10.in-addr.arpa", DnsType.Ptr)]
    [InlineData("9.0.61.10.in-addr.arpa", DnsType.Ptr)] // the /24 is not all ours
    [InlineData("20.10.in-addr.arpa", DnsType.Ptr)]
    [InlineData("in-addr.arpa", DnsType.Ptr)]
    [InlineData("015.0.20.10.in-addr.arpa", DnsType.Ptr)]
    [InlineData("5.15.0.20.10.in-addr.arpa", DnsType.Ptr)]
    public void Everything_else_is_refused(string name, ushort type)
    {
        DnsReply reply = Ask(name, type);

        Assert.Equal(DnsCode.Refused, reply.Code);
        Assert.Empty(reply.Answers.Concat(reply.Authority));
        Assert.False(reply.Has(DnsView.AuthoritativeFlag));
    }

    [Fact]
    public void A_dot_within_a_label_is_no_border_of_labels()
    {
        byte[] query = Query("alphaXlab.weft.internal");
        query[Array.IndexOf(query, (byte)'X')] = (byte)'.';

        Assert.Equal(DnsCode.NoSuchName, DnsReply.Read(Answer(query)).Code);
    }

    [Theory]
    [InlineData(null, true, 512, false)]
    [InlineData(0, true, 1232, false)]
    [InlineData(0, false, ushort.MaxValue, true)]
    public void A_long_answer_goes_over_a_connection(int? opt, bool isDatagram, int most, bool isWhole)
    {
        byte[] answer = Answer(Query("many.weft.internal", opt: (uint?)opt), isDatagram);
        DnsReply reply = DnsReply.Read(answer);

        Assert.True(answer.Length <= most);
        Assert.Equal((!isWhole, isWhole ? 100 : 0, opt is not null), (reply.Has(DnsView.TruncatedFlag), reply.Answers.Length, reply.HasOpt));
    }

    [Fact]
    public void An_edns_version_that_is_not_ours_is_said() =>
        Assert.Equal((DnsCode)((int)DnsCode.BadVersion & DnsView.CodeMask), Ask("alpha.weft.internal", opt: 0x0001_0000).Code);

    [Fact]
    public void Other_classes_and_purposes_are_refused()
    {
        byte[] chaos = Query("alpha.weft.internal");
        chaos[^1] = 3;
        byte[] update = Query("alpha.weft.internal");
        update[2] |= 5 << 3;

        Assert.Equal(DnsCode.Refused, DnsReply.Read(Answer(chaos)).Code);
        Assert.Equal(DnsCode.Refused, DnsReply.Read(Answer(update)).Code);
    }

    [Fact]
    public void Answers_and_what_cannot_be_read_get_none()
    {
        byte[] query = Query("alpha.weft.internal", opt: 0);
        byte[] answer = (byte[])query.Clone();
        answer[2] |= 0x80;
        byte[] two = (byte[])query.Clone();
        two[5] = 2;

        Assert.Empty(Answer(answer));
        Assert.Empty(Answer(two));
        for (int length = 0; length < query.Length - 11; length++)
        {
            Assert.Empty(Answer(query[..length]));
        }
    }

    /// <summary>Whatever comes: no exception, and an answer that is one to the question, or none.</summary>
    [Fact]
    public void Random_and_mutated_queries_never_throw()
    {
        Random random = new(7);
        byte[][] seeds = [Query("alpha.lab.weft.internal", opt: 0), Query("15.0.20.10.in-addr.arpa", DnsType.Ptr), Query("many.weft.internal", DnsType.Any), Query("lab.weft.internal", DnsType.Soa)];
        int answered = 0;
        for (int i = 0; i < 100_000; i++)
        {
            byte[] query = (byte[])seeds[i % seeds.Length].Clone();
            if (i % 3 == 0)
            {
                random.NextBytes(query.AsSpan(random.Next(query.Length)));
            }
            else
            {
                query[random.Next(query.Length)] = (byte)random.Next(256);
            }
            byte[] answer = Answer(query[..random.Next(query.Length - 8, query.Length + 1)], isDatagram: i % 2 == 0);
            if (answer.Length > 0)
            {
                answered++;
                Assert.Equal(query[..2], answer[..2]);
                Assert.True((answer[2] & 0x80) != 0 && (i % 2 != 0 || answer.Length <= NameResponder.MostUdpSize));
            }
        }
        Assert.True(answered > 10_000);
    }

    private static KnownName Of(string name, string network, string source, params string[] addresses) =>
        new(name, network, addresses.Select(IPAddress.Parse).ToItems(), source);

    private static DnsReply Ask(string name, ushort type = DnsType.A, uint? opt = null) => DnsReply.Read(Answer(Query(name, type, opt: opt)));

    private static byte[] Answer(byte[] query, bool isDatagram = true)
    {
        byte[] to = new byte[isDatagram ? NameResponder.MostUdpSize : ushort.MaxValue];
        return to[..NameResponder.Answer(Names, query, to, isDatagram)];
    }
}
