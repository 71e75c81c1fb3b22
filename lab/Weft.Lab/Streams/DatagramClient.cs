using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Weft.Lab.Streams;

/// <summary>Sends numbered datagrams to an echo and counts those that come back as they went.</summary>
internal static class DatagramClient
{
    public static async Task<int> EchoedAsync(IPEndPoint server, int count, int size)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server);
        byte[] datagram = new byte[size], answer = new byte[size + 1];
        int echoed = 0;
        for (int i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(datagram, i);
            await socket.SendAsync(datagram);
            using CancellationTokenSource late = new(TimeSpan.FromSeconds(2));
            try
            {
                int length = await socket.ReceiveAsync(answer, late.Token);
                echoed += answer.AsSpan(0, length).SequenceEqual(datagram) ? 1 : 0;
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Lost or refused: not echoed.
            }
        }

        return echoed;
    }
}
