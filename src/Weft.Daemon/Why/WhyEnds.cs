using System.Net;
using System.Net.Sockets;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Daemon.Why;

/// <summary>Reads what a person typed: a NIC, a VM, a network for its gateway, an address, a name, or one of three words.</summary>
internal static class WhyEnds
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<WhyEnd> ParseAsync(string text, Topology topology, WhyFacts facts)
    {
        switch (text)
        {
            case "gateway":
                return new WhyEnd(text) { IsOwnGateway = true };
            case "host":
                return new WhyEnd(text) { IsHost = true };
            case "outside":
                return new WhyEnd(text) { IsOutside = true };
        }
        if (Model.Names.TryParseNic(text, out string vm, out int number))
        {
            return facts.Port(text) is { } port ? new WhyEnd(text) { Port = port } : throw new WeftException(Missing.Nic(topology, vm, number));
        }
        if (facts.Running.Plane.Ports.FirstOrDefault(p => p.Guest == text) is { } first)
        {
            return new WhyEnd(first.Name) { Port = first };
        }
        if (facts.Network(text) is { } network)
        {
            return new WhyEnd(text) { GatewayOf = network };
        }
        if (AddressText.TryParse(text, out IPAddress address))
        {
            return new WhyEnd(text) { Address = address };
        }
        return text.Contains('.') || text == "localhost" ? await ResolveAsync(text) : throw new WeftException(Missing.Vm(topology, text));
    }

    private static async Task<WhyEnd> ResolveAsync(string name)
    {
        try
        {
            using CancellationTokenSource limit = new(Patience);
            IPAddress[] found = await Dns.GetHostAddressesAsync(name, AddressFamily.InterNetwork, limit.Token);
            return new WhyEnd(name) { Address = found[0], Name = name };
        }
        catch (Exception problem) when (problem is SocketException or OperationCanceledException or IndexOutOfRangeException or ArgumentException)
        {
            return new WhyEnd(name) { IsUnknownName = true, Name = name };
        }
    }
}
