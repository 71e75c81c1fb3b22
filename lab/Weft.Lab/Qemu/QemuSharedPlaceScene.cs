using System.Buffers.Binary;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Model.Api;

namespace Weft.Lab.Qemu;

/// <summary>Several QEMUs at one place, as they would all be at the QEMU of -netdev socket,listen=, which serves one of them.</summary>
public sealed class QemuSharedPlaceScene
{
    private static readonly string[] Names = ["alpha", "beta", "gamma"];

    [Scenes(Needs.Firmware), InlineData(":PORT"), InlineData("HERE/all.sock")]
    public async Task Three_cards_get_an_address_each(string place)
    {
        await using WeftHome home = new();
        await home.ApplyAsync(Topology(home, place, Names));
        PortDocument[] ports = await PortsAsync(home);
        string path = Assert.Single(ports.Select(p => p.Path).Distinct());
        string netdev = path.StartsWith('/') ? $"stream,id=n0,addr.type=unix,addr.path={path}" : $"socket,id=n0,connect={path}";
        FirmwareGuest[] guests = [.. ports.Select(port => new FirmwareGuest(netdev, port.Mac))];
        try
        {
            for (int look = 0; look < 300 && ports.Any(p => p.Address is null); look++, ports = await PortsAsync(home))
            {
                Assert.All(guests, guest => Assert.True(guest.Runs, "QEMU has ended"));
                await Task.Delay(200);
            }
        }
        finally
        {
            foreach (FirmwareGuest guest in guests)
            {
                await guest.DisposeAsync();
            }
        }
        Assert.True(ports.All(p => p.Address is not null), home.Logs());
        Assert.Equal(3, ports.Select(p => p.Address).Distinct().Count());
    }

    [Scene(Needs.Qemu), Trait("Tier", "ci")]
    public async Task Three_guests_reach_each_other_and_outlive_workers_and_each_other()
    {
        await using WeftHome home = new();
        string topology = Topology(home, ":PORT", Names);
        await home.ApplyAsync(topology);
        QemuGuest[] guests = await Task.WhenAll(Names.Select(name => home.BootQemuAsync(name)));
        GuestLease[] leases = await Task.WhenAll(guests.Select(guest => guest.Lease));
        await AllReachAllAsync();
        await home.KillWorkerAsync();
        await AllReachAllAsync();

        // One NIC leaves the place; what the others have there goes on. It comes back, and its guest is started again.
        await home.ApplyAsync(string.Join('\n', topology.Split('\n').Where(line => !line.Contains("alpha:", StringComparison.Ordinal))));
        await guests[1].PingAsync(leases[2].Address);
        await home.ApplyAsync(topology);
        await guests[0].DisposeAsync();
        guests[0] = await home.BootQemuAsync("alpha");
        leases[0] = await guests[0].Lease;
        await AllReachAllAsync();
        Assert.DoesNotContain((await PortsAsync(home)).SelectMany(p => p.DropsByReason.Keys), reason => reason is "foreign-sender" or "bad-length");

        async Task AllReachAllAsync()
        {
            for (int i = 0; i < guests.Length; i++)
            {
                await guests[i].PingAsync(leases[(i + 1) % guests.Length].Address);
            }
        }
    }

    [Scene]
    public async Task A_guest_that_has_said_nothing_yet_outlives_the_worker()
    {
        await using WeftHome home = new();
        await home.ApplyAsync(Topology(home, "HERE/all.sock", Names));
        using Socket silent = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Connect(new UnixDomainSocketEndPoint((await PortsAsync(home))[0].Path));
        await Task.Delay(500);
        await home.KillWorkerAsync();

        PortDocument beta = (await PortsAsync(home)).Single(p => p.Vm == "beta");
        byte[] wire = new byte[4 + 60];
        BinaryPrimitives.WriteInt32BigEndian(wire, 60);
        wire.AsSpan(4, 6).Fill(0xff);
        PhysicalAddress.Parse(beta.Mac).GetAddressBytes().CopyTo(wire, 10);
        BinaryPrimitives.WriteUInt16BigEndian(wire.AsSpan(16), 0x88b5);
        silent.Send(wire);
        for (int look = 0; look < 300 && beta is not { Up: true, FramesIn: 1 }; look++)
        {
            await Task.Delay(100);
            beta = (await PortsAsync(home)).Single(p => p.Vm == "beta");
        }
        Assert.True(beta is { Up: true, FramesIn: 1 }, home.Logs());
    }

    private static string Topology(WeftHome home, string place, IEnumerable<string> names)
    {
        string at = place.Replace("HERE", home.Folder.File("").TrimEnd('/')).Replace("PORT", $"{FreePort.Tcp()}");
        return $"networks: {{ lab: nat-network }}\nvms:\n{string.Concat(names.Select(name => $"  {name}: [{{ net: lab, stream: '{at}' }}]\n"))}";
    }

    private static async Task<PortDocument[]> PortsAsync(WeftHome home) => (await home.StatusAsync()).Networks.Single().Ports;
}
