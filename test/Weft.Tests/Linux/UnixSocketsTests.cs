using System.Runtime.Versioning;
using Weft.Linux;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;

namespace Weft.Tests.Linux;

[SupportedOSPlatform("linux")]
public sealed class UnixSocketsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weft-unix").FullName;

    private string At => Path.Combine(_folder, "a.sock");

    [Fact]
    public void ListenersReplaceStaleSocketsAndNothingElse()
    {
        int first = UnixSockets.Listen(At, SocketConstants.TypeSeqpacket);
        Assert.True(first >= 0);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(At));
        FileCalls.Close(first);
        int second = UnixSockets.Listen(At, SocketConstants.TypeSeqpacket);
        Assert.True(second >= 0);
        FileCalls.Close(second);

        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "mine");
        Assert.Equal(-Errno.EADDRINUSE, UnixSockets.Listen(file, SocketConstants.TypeSeqpacket));
        Assert.Equal("mine", File.ReadAllText(file));
        Assert.Equal(-Errno.ENAMETOOLONG, UnixSockets.Listen(Path.Combine(_folder, new string('x', 108)), SocketConstants.TypeStream));
        Assert.Equal(-Errno.ENOENT, UnixSockets.Connect(Path.Combine(_folder, "none"), SocketConstants.TypeStream));
    }

    [Theory]
    [InlineData(SocketConstants.TypeStream)]
    [InlineData(SocketConstants.TypeSeqpacket)]
    public void WhoeverListensIsFoundByWhateverType(int type)
    {
        string path = Path.Combine(_folder, "taken");
        int listener = UnixSockets.Listen(path, type);
        Assert.True(UnixSockets.IsListenedAt(path, SocketConstants.TypeStream));
        Assert.True(UnixSockets.IsListenedAt(path, SocketConstants.TypeSeqpacket));
        FileCalls.Close(listener);
        Assert.False(UnixSockets.IsListenedAt(path, SocketConstants.TypeStream));
        Assert.False(UnixSockets.IsListenedAt(path, SocketConstants.TypeSeqpacket));
    }

    [Fact]
    public void AListenerWhoseQueueIsFullIsNotWaitedFor()
    {
        string path = Path.Combine(_folder, "full");
        int listener = UnixSockets.Listen(path, SocketConstants.TypeStream, backlog: 1);
        List<int> waiting = [];
        for (int socket = 0; socket >= 0;)
        {
            socket = UnixSockets.Connect(path, SocketConstants.TypeStream | SocketConstants.NonBlocking);
            waiting.Add(socket);
        }
        bool isListened = false;
        Thread look = new(() => isListened = UnixSockets.IsListenedAt(path, SocketConstants.TypeStream)) { IsBackground = true };
        look.Start();
        Assert.True(look.Join(5000), "it waits");
        Assert.True(isListened);
        waiting.FindAll(socket => socket >= 0).ForEach(socket => FileCalls.Close(socket));
        FileCalls.Close(listener);
    }

    [Fact]
    public void ThePeerIsKnown()
    {
        int listener = UnixSockets.Listen(At, SocketConstants.TypeStream);
        Assert.Equal(-Errno.EAGAIN, SocketCalls.Accept(listener));
        int client = UnixSockets.Connect(At, SocketConstants.TypeStream);
        int accepted = SocketCalls.Accept(listener);
        Assert.Equal(0, UnixSockets.PeerOf(accepted, out UnixPeer peer));
        Assert.Equal(Environment.ProcessId, peer.Process);
        Assert.True(UnixSockets.IsOwnerOrRoot(accepted));
        foreach (int socket in (int[])[listener, client, accepted])
        {
            FileCalls.Close(socket);
        }
    }

    [Fact]
    public void DescriptorsTravelAndLiveOnWhenTheSenderClosed()
    {
        SocketCalls.Pair(SocketConstants.TypeSeqpacket, out int one, out int other);
        int[] sent = [.. Enumerable.Range(0, DescriptorMessages.MaxDescriptors).Select(_ => FileCalls.Duplicate(one))];
        Assert.Equal(3, DescriptorMessages.Send(one, "abc"u8, sent));
        Array.ForEach(sent, descriptor => FileCalls.Close(descriptor));

        byte[] bytes = new byte[8];
        int[] received = new int[300];
        Assert.Equal(3, DescriptorMessages.Receive(other, bytes, received, out int count));
        Assert.Equal(DescriptorMessages.MaxDescriptors, count);
        // Each is the sender's end: what is written to it arrives at ours.
        Assert.Equal(1, DescriptorMessages.Send(received[count - 1], "x"u8, []));
        Assert.Equal(1, DescriptorMessages.Receive(other, bytes, received.AsSpan(count), out int none));
        Assert.Equal(0, none);
        Assert.Equal(-Errno.EAGAIN, DescriptorMessages.Receive(other, bytes, [], out _));
        Array.ForEach(received[..count], descriptor => FileCalls.Close(descriptor));
        FileCalls.Close(one);
        Assert.Equal(0, DescriptorMessages.Receive(other, bytes, [], out _));
        Assert.Equal(-Errno.EPIPE, DescriptorMessages.Send(other, "x"u8, []));
        FileCalls.Close(other);
    }

    [Fact]
    public void DescriptorsWithoutRoomAreClosed()
    {
        SocketCalls.Pair(SocketConstants.TypeSeqpacket, out int one, out int other);
        Assert.Equal(1, DescriptorMessages.Send(one, "a"u8, [one, one, one]));
        int[] received = new int[1];
        Assert.Equal(1, DescriptorMessages.Receive(other, new byte[1], received, out int count));
        Assert.Equal(1, count);
        FileCalls.Close(received[0]);
        Assert.Equal(1, OpenDescriptors.To(OpenDescriptors.TargetOf(one)!));
        FileCalls.Close(one);
        FileCalls.Close(other);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
