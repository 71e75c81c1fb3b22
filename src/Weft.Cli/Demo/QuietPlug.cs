using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Weft.Cli.Demo;

/// <summary>A NIC without a guest: sends single frames and keeps what it hears, to listen on a network from inside.</summary>
internal sealed class QuietPlug : IDisposable
{
    private const int ArpFrame = 60;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
    private readonly List<byte[]> _heard = [];
    private readonly byte[] _mac;

    /// <summary>Takes the kernel argument that would attach a guest, which names socket and MAC.</summary>
    public QuietPlug(string nic)
    {
        Dictionary<string, string> settings = nic[(nic.IndexOf(':') + 1)..].Split(',').Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => s[^1]);
        _mac = Convert.FromHexString(settings["mac"].Replace(":", ""));
        _socket.Connect(new UnixDomainSocketEndPoint(settings["dst"]));
        _ = ListenAsync();
    }

    /// <summary>Frames heard so far.</summary>
    public byte[][] Heard
    {
        get
        {
            lock (_heard)
            {
                return [.. _heard];
            }
        }
    }

    /// <summary>Asks everybody who has the address: a guest that heard it would answer.</summary>
    public void AskFor(IPAddress address)
    {
        Span<byte> frame = stackalloc byte[ArpFrame];
        frame.Clear();
        frame[..6].Fill(0xFF);
        _mac.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0806);
        ReadOnlySpan<byte> ethernetIpv4Request = [0, 1, 8, 0, 6, 4, 0, 1];
        ethernetIpv4Request.CopyTo(frame[14..]);
        _mac.CopyTo(frame[22..]);
        byte[] target = address.GetAddressBytes();
        target.CopyTo(frame[28..]);
        frame[31] ^= 0x40; // asked as a neighbour of the address, so that the one who has it would answer
        target.CopyTo(frame[38..]);
        _socket.Send(frame);
    }

    public void Dispose() => _socket.Dispose();

    private async Task ListenAsync()
    {
        byte[] frame = new byte[65_600];
        try
        {
            for (int length; (length = await _socket.ReceiveAsync(frame)) > 0;)
            {
                lock (_heard)
                {
                    _heard.Add(frame[..length]);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed, or the network is gone.
        }
    }
}
