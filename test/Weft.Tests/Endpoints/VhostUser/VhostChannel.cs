using System.Buffers.Binary;
using System.Diagnostics;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>
/// A front end's stream socket: messages in any form, true or not. The other end may live on this very thread, so whoever
/// waits calls <c>pump</c> meanwhile.
/// </summary>
public sealed class VhostChannel(int socket, Action pump) : IDisposable
{
    public const uint Version = 1;
    public const uint ReplyFlag = 4;
    public const uint NeedReplyFlag = 8;
    public const int HeaderSize = 12;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly List<byte> _received = [];
    private readonly List<int> _descriptors = [];
    private bool _open = true;
    private bool _isOurs = true;

    public int Socket => socket;

    /// <summary>Lets the other side run.</summary>
    public void Pump() => pump();

    public static VhostChannel Connect(string path, Action pump)
    {
        int socket = UnixSockets.Connect(path, SocketConstants.TypeStream);
        Assert.True(socket >= 0, $"connect: {Errno.Text(socket)}");
        FileCalls.SetNonBlocking(socket, true);
        return new VhostChannel(socket, pump);
    }

    /// <summary>The front end is the server: waits for a back end to come to <paramref name="listener"/>.</summary>
    public static VhostChannel Accept(int listener, Action pump)
    {
        int accepted = -1;
        Wait(pump, () => (accepted = SocketCalls.Accept(listener)) >= 0, "a back end");
        return new VhostChannel(accepted, pump);
    }

    public static byte[] Message(uint request, uint flags, ReadOnlySpan<byte> payload, uint? size = null)
    {
        byte[] message = new byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(message, request);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(4), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), size ?? (uint)payload.Length);
        payload.CopyTo(message.AsSpan(HeaderSize));
        return message;
    }

    public bool Send(VhostRequest request, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors = default, uint flags = Version) =>
        SendRaw(Message((uint)request, flags, payload), descriptors);

    /// <summary>Any bytes in pieces of <paramref name="chunk"/>, descriptors with the first. False when the other side has gone.</summary>
    public bool SendRaw(ReadOnlySpan<byte> bytes, ReadOnlySpan<int> descriptors = default, int chunk = int.MaxValue)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!bytes.IsEmpty)
        {
            if (!_isOurs)
            {
                return false;
            }
            int sent = DescriptorMessages.Send(socket, bytes[..Math.Min(chunk, bytes.Length)], descriptors);
            if (sent > 0)
            {
                bytes = bytes[sent..];
                descriptors = default;
            }
            else if (!Errno.IsBusy(sent) || time.Elapsed > s_patience)
            {
                return false;
            }
            if (sent <= 0 || !bytes.IsEmpty)
            {
                pump();
            }
        }
        return true;
    }

    /// <summary>The next message; null when the other side has gone or stays silent for <paramref name="patience"/>.</summary>
    public VhostReply? Receive(TimeSpan? patience = null)
    {
        Stopwatch time = Stopwatch.StartNew();
        VhostReply? reply;
        while ((reply = TryReceive()) is null && _open && time.Elapsed < (patience ?? s_patience))
        {
            pump();
        }
        return reply;
    }

    /// <summary>The next message, when it is there.</summary>
    public VhostReply? TryReceive()
    {
        Read();
        if (_received.Count < HeaderSize)
        {
            return null;
        }
        byte[] bytes = [.. _received];
        int size = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        Assert.InRange(size, 0, 1 << 16);
        if (bytes.Length < HeaderSize + size)
        {
            return null;
        }
        _received.RemoveRange(0, HeaderSize + size);
        int[] descriptors = [.. _descriptors];
        _descriptors.Clear();
        return new VhostReply((VhostRequest)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)), bytes[HeaderSize..(HeaderSize + size)], descriptors);
    }

    /// <summary>True when the other side has closed the connection (after what it sent before was read).</summary>
    public bool IsClosed()
    {
        Read();
        return !_open;
    }

    /// <summary>The front end dies; the guest's memory and rings are still there.</summary>
    public void Close()
    {
        if (_isOurs)
        {
            _isOurs = _open = false;
            FileCalls.Close(socket);
        }
    }

    public void Dispose()
    {
        _descriptors.ForEach(descriptor => FileCalls.Close(descriptor));
        _descriptors.Clear();
        Close();
    }

    private static void Wait(Action pump, Func<bool> fact, string what)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (!fact())
        {
            Assert.True(time.Elapsed < s_patience, $"{what} did not come");
            pump();
        }
    }

    private void Read()
    {
        Span<byte> bytes = stackalloc byte[4096];
        Span<int> descriptors = stackalloc int[16];
        while (_open)
        {
            int received = DescriptorMessages.Receive(socket, bytes, descriptors, out int count);
            _descriptors.AddRange(descriptors[..count]);
            if (received > 0)
            {
                _received.AddRange(bytes[..received]);
                continue;
            }
            _open = Errno.IsBusy(received);
            return;
        }
    }
}
