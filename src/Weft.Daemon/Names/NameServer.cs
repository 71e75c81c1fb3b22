using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Weft.Daemon.Names;

/// <summary>
/// Answers at one place until it is ended. Anybody on the host may send anything: what cannot be read is counted and dropped,
/// connections are few and end when they are idle, and nothing here waits for a change of the topology.
/// </summary>
internal sealed class NameServer : IAsyncDisposable
{
    public const int MostConnections = 32;

    private const int MostMessage = ushort.MaxValue;
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly NameSockets _sockets;
    private readonly NameSnapshot _names;
    private readonly NameCounts _counts;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _served;
    private int _connections;

    /// <param name="sockets">Owned from here on.</param>
    public NameServer(NameSockets sockets, NameSnapshot names, NameCounts counts)
    {
        (_sockets, _names, _counts) = (sockets, names, counts);
        _served = Task.WhenAll(Task.Run(AnswerDatagramsAsync), Task.Run(AcceptAsync));
    }

    public IPEndPoint Place => _sockets.Place;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _sockets.Dispose();
        await _served;
    }

    private async Task AnswerDatagramsAsync()
    {
        byte[] query = new byte[MostMessage];
        byte[] answer = new byte[NameResponder.MostUdpSize];
        IPEndPoint anyone = new(_sockets.Place.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_end.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult from = await _sockets.Datagrams.ReceiveFromAsync(query, SocketFlags.None, anyone, _end.Token);
                int length = Answer(query.AsSpan(0, from.ReceivedBytes), answer, isDatagram: true);
                if (length > 0)
                {
                    await _sockets.Datagrams.SendToAsync(answer.AsMemory(0, length), SocketFlags.None, from.RemoteEndPoint, _end.Token);
                }
            }
            catch (SocketException)
            {
                // An asker that cannot be answered: port 0, a full queue, an address that has gone.
                _counts.Dropped();
            }
            catch (Exception problem) when (problem is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                Socket connection = await _sockets.Connections.AcceptAsync(_end.Token);
                if (Interlocked.Increment(ref _connections) > MostConnections)
                {
                    Interlocked.Decrement(ref _connections);
                    _counts.Dropped();
                    connection.Dispose();
                    continue;
                }
                _ = ServeAsync(connection);
            }
            catch (SocketException)
            {
                // It went before we came, or descriptors have run out: not at full speed then.
                _counts.Dropped();
                await Task.Delay(10);
            }
            catch (Exception problem) when (problem is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>One question after the other, each behind its length (RFC 1035 §4.2.2).</summary>
    private async Task ServeAsync(Socket connection)
    {
        try
        {
            await using NetworkStream stream = new(connection, ownsSocket: true);
            byte[] head = new byte[sizeof(ushort)];
            byte[] answer = new byte[sizeof(ushort) + MostMessage];
            while (true)
            {
                using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                limit.CancelAfter(Idle);
                await stream.ReadExactlyAsync(head, limit.Token);
                byte[] query = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
                await stream.ReadExactlyAsync(query, limit.Token);
                int length = Answer(query, answer.AsSpan(sizeof(ushort)), isDatagram: false);
                if (length == 0)
                {
                    return;
                }
                BinaryPrimitives.WriteUInt16BigEndian(answer, (ushort)length);
                await stream.WriteAsync(answer.AsMemory(0, sizeof(ushort) + length), limit.Token);
            }
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // It had its answers, or went, or was too slow.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private int Answer(ReadOnlySpan<byte> query, Span<byte> answer, bool isDatagram)
    {
        int length = NameResponder.Answer(_names.Take(), query, answer, isDatagram);
        _counts.Asked();
        if (length == 0)
        {
            _counts.Dropped();
        }
        return length;
    }
}
