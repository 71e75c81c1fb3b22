using Weft.Gateway.Dns;
using Weft.Wire.Dns;
using static Weft.Tests.Gateway.Dns.DnsMessages;

namespace Weft.Tests.Gateway.Dns;

public sealed class DnsViewTests
{
    [Fact]
    public void Reads_a_query()
    {
        Assert.True(DnsView.TryParse(Query("Host.weft.internal", DnsType.Aaaa, opt: 0x8000), out DnsView view));
        Assert.Equal((0x1234, DnsType.Aaaa, DnsType.ClassInternet), (view.Id, view.Type, view.Class));
        Assert.Equal("\u0004Host\u0004weft\u0008internal\0", System.Text.Encoding.ASCII.GetString(view.Name));
        Assert.True(view.TryFindOpt(out uint ttl));
        Assert.Equal(0x8000u, ttl);
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        byte[] query = Query("host.weft.internal");
        for (int length = 0; length < query.Length; length++)
        {
            Assert.False(DnsView.TryParse(query.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void A_question_with_a_pointer_is_refused()
    {
        foreach (byte[] name in (byte[][])[[0xc0, 12], [0xc0, 0], [0xff, 0xff], [1, (byte)'a', 0xc0, 12], [1, (byte)'a', 0xc0, 0], [0x80, 0], [0x40, 0]])
        {
            byte[] message = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. name, 0, 1, 0, 1, 0, 0, 0, 0];
            Assert.False(DnsView.TryParse(message, out _));
        }
    }

    [Fact]
    public void A_name_may_have_255_bytes_and_no_more()
    {
        string label = new('a', 61);
        string longest = $"{label}.{label}.{label}.{label}.aaaaa";
        Assert.True(DnsView.TryParse(Query(longest), out DnsView view));
        Assert.Equal(255, view.Name.Length);
        Assert.False(DnsView.TryParse(Query(longest + "a"), out _));
        Assert.False(DnsView.TryParse(Query(new string('a', 64)), out _));
        Assert.True(DnsView.TryParse(Query(""), out _));
    }

    /// <summary>After true no accessor throws, whatever the bytes.</summary>
    [Fact]
    public void Random_and_mutated_messages_never_throw()
    {
        var random = new Random(5);
        byte[] whole = Query("a.bc.weft.internal", opt: 0);
        int parsed = 0;
        for (int i = 0; i < 200_000; i++)
        {
            byte[] bytes = (byte[])whole.Clone();
            if (i % 2 == 0)
            {
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)));
            }
            else
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            if (DnsView.TryParse(bytes.AsSpan(0, random.Next(bytes.Length + 1)), out DnsView view))
            {
                parsed++;
                _ = view.Id + view.Flags + view.Type + view.Class + view.Opcode + (int)view.Code;
                _ = view.Name.Length + view.Question.Length;
                view.TryFindOpt(out _);
                Assert.True(view.AsksTheSame(in view));
            }
        }
        Assert.True(parsed > 1000);
    }

    [Fact]
    public void Counts_that_promise_a_lot_cost_nothing()
    {
        byte[] query = Query("a", opt: 0);
        query[6] = query[7] = query[8] = query[9] = query[10] = 0xff;
        Assert.True(DnsView.TryParse(query, out DnsView view));
        Assert.False(view.TryFindOpt(out _));
    }
}
