using Weft.Gateway.Names;
using Weft.Wire;
using static Weft.Tests.Gateway.TestNetwork;

namespace Weft.Tests.Gateway.Dns;

public sealed class NameTableTests
{
    private static readonly IpAddress One = Ip("10.20.0.15");
    private static readonly IpAddress Other = Ip("10.20.0.16");

    private readonly NameTable _names = new();

    [Fact]
    public void A_stronger_source_wins_and_a_weaker_is_refused()
    {
        _names.SetFixed(Facts);
        Assert.False(_names.Set("gateway", One, NameSource.Guest, 100, 0));
        Assert.True(_names.Set("web", One, NameSource.Learned, 100, 0));
        Assert.False(_names.Set("WEB", Other, NameSource.Learned, 100, 0));
        Assert.True(_names.Set("web", Other, NameSource.Guest, 100, 0));
        Assert.True(_names.TryFind("web"u8, 0, out IpAddress found));
        Assert.Equal(Other, found);
    }

    [Fact]
    public void It_grows_to_its_bound_and_finds_every_name_and_address()
    {
        for (int i = 0; i < NameTable.MaxEntries; i++)
        {
            Assert.True(_names.Set($"vm-{i}", IpAddress.FromV4(0x0a14_0000 + (uint)i), NameSource.Learned, 100, 0));
        }
        Assert.False(_names.Set("one-more", IpAddress.FromV4(0x0a15_0000), NameSource.Learned, 100, 0));
        Assert.Equal(NameTable.MaxEntries, _names.Count);
        for (int i = 0; i < NameTable.MaxEntries; i++)
        {
            IpAddress address = IpAddress.FromV4(0x0a14_0000 + (uint)i);
            byte[] name = System.Text.Encoding.ASCII.GetBytes($"vm-{i}");
            Assert.True(_names.TryFind(name, 0, out IpAddress found) && found == address);
            Assert.True(_names.TryNameOf(address, 0, out ReadOnlySpan<byte> label) && label.SequenceEqual(name));
        }
    }

    [Fact]
    public void A_static_name_stands_between_the_routers_and_the_vms()
    {
        IpAddress[] addresses = [Ip("10.20.0.9"), Ip("10.20.0.8")];
        _names.SetFixed(Facts);
        _names.Set("printer", One, NameSource.Guest, 100, 0);
        _names.SetStatic("printer"u8, addresses);
        Assert.False(_names.Set("printer", Other, NameSource.Guest, 100, 0));
        Assert.False(_names.Set("printer", Other, NameSource.Learned, 100, 0));
        IpAddress[] found = new IpAddress[8];
        Assert.Equal(addresses, found[.._names.Find("PRINTER"u8, 0, found)]);

        _names.SetStatic("printer"u8, addresses.AsSpan(1));
        Assert.Equal([addresses[1]], found[.._names.Find("printer"u8, 0, found)]);
        Assert.False(_names.TryNameOf(addresses[0], 0, out _));

        _names.RemoveStatic("printer"u8);
        Assert.Equal([One], found[.._names.Find("printer"u8, 0, found)]);
        _names.RemoveStatic("nobody"u8);
        Assert.True(_names.Set("printer", Other, NameSource.Guest, 100, 0));
    }

    [Fact]
    public void An_address_has_the_name_of_its_best_source_and_a_label_before_a_full_name()
    {
        _names.Set("alpha", One, NameSource.Guest, 100, 0);
        _names.SetStatic("\u0003api\u0007example\u0004test\u0000"u8, [One]);
        Assert.True(_names.TryNameOf(One, 0, out ReadOnlySpan<byte> name));
        Assert.True(NameTable.IsWhole(name));
        _names.SetStatic("zeta"u8, [One]);
        Assert.True(_names.TryNameOf(One, 0, out name));
        Assert.True(name.SequenceEqual("zeta"u8));
        _names.Remove(One);
        Assert.Equal(2, _names.Count);
    }

    [Fact]
    public void Static_names_find_room_in_a_table_that_guests_have_filled()
    {
        for (uint i = 0; i < 5000; i++)
        {
            _names.Set($"g{i}", IpAddress.FromV4(0x0a140000 + i), NameSource.Learned, 100, 0);
        }
        for (uint i = 0; i < 256; i++)
        {
            _names.SetStatic(System.Text.Encoding.ASCII.GetBytes($"s{i}"), [IpAddress.FromV4(0x0a150000 + i)]);
        }
        Assert.Equal(NameTable.MaxEntries + 256, _names.Count);
        Assert.False(_names.Set("late", One, NameSource.Learned, 300, 0));
        Assert.True(_names.TryFind("s255"u8, 0, out IpAddress found) && found == IpAddress.FromV4(0x0a1500ff));
        Assert.True(_names.TryFind("g4095"u8, 0, out _));
    }

    [Fact]
    public void A_learned_name_is_free_again_when_its_lease_ended()
    {
        _names.Set("web", One, NameSource.Learned, 100, 0);
        Assert.True(_names.Set("web", Other, NameSource.Learned, 300, 100));
        Assert.True(_names.TryFind("web"u8, 100, out IpAddress found));
        Assert.Equal(Other, found);
    }

    [Fact]
    public void A_new_name_of_an_address_replaces_its_old_one()
    {
        _names.Set("web", One, NameSource.Learned, 100, 0);
        _names.Set("mail", One, NameSource.Learned, 100, 0);
        Assert.False(_names.TryFind("web"u8, 0, out _));
        Assert.True(_names.TryNameOf(One, 0, out ReadOnlySpan<byte> name));
        Assert.True(name.SequenceEqual("mail"u8));
        _names.Set("alpha", One, NameSource.Guest, 100, 0);
        Assert.True(_names.TryNameOf(One, 0, out name));
        Assert.True(name.SequenceEqual("alpha"u8));
        _names.Remove(One);
        Assert.Equal(0, _names.Count);
    }

    [Fact]
    public void It_is_bounded_and_ended_names_make_room()
    {
        for (uint i = 0; i < 5000; i++)
        {
            _names.Set($"g{i}", IpAddress.FromV4(0x0a140000 + i), NameSource.Learned, 100, 0);
        }
        Assert.Equal(NameTable.MaxEntries, _names.Count);
        Assert.True(_names.Set("late", One, NameSource.Learned, 300, 200));
        Assert.True(_names.TryFind("late"u8, 200, out _));
    }
}
