using System.Runtime.InteropServices;
using Weft.Engine;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Linux.Memory;
using Weft.Linux.Sockets;
using Weft.Linux.Unix;
using Weft.Worker;

namespace Weft.Tests.Worker;

/// <summary>A thousand commands back to back must not keep the lane from its guests' frames.</summary>
public sealed class CommandServerTests : IDisposable
{
    private const int Commands = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("weft-commands").FullName;
    private readonly SharedMemory _memory = SharedMemory.Create("commands", 4096);
    private readonly EpollReadiness _readiness = new();
    private readonly Lane _lane;

    public CommandServerTests() => _lane = new Lane(_readiness, TimeProvider.System);

    [Fact]
    public void One_command_of_a_client_is_carried_out_in_a_turn()
    {
        string path = Path.Combine(_folder, "worker.sock");
        using CommandServer server = new(_lane, new CommandHandler(null!, null!, _memory, _lane), path);
        int client = UnixSockets.Connect(path, SocketConstants.TypeSeqpacket);
        _lane.Turn(mayWait: false);
        for (ulong i = 1; i <= Commands; i++)
        {
            CommandHeader header = new() { Kind = CommandKind.GetSharedMemory, Tag = i };
            Assert.True(DescriptorMessages.Send(client, MemoryMarshal.AsBytes(new ReadOnlySpan<CommandHeader>(in header)), []) > 0);
        }
        for (ulong i = 1; i <= Commands; i++)
        {
            _lane.Turn(mayWait: false);
            Assert.Equal([i], Replies(client));
        }
        FileCalls.Close(client);
        _lane.Turn(mayWait: false);
    }

    public void Dispose()
    {
        _lane.Dispose();
        _readiness.Dispose();
        _memory.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Tags of the replies that are there.</summary>
    private static List<ulong> Replies(int client)
    {
        List<ulong> tags = [];
        CommandReply reply = default;
        int descriptor = -1;
        while (DescriptorMessages.Receive(client, MemoryMarshal.AsBytes(new Span<CommandReply>(ref reply)), new Span<int>(ref descriptor), out _) > 0)
        {
            FileCalls.Close(descriptor);
            tags.Add(reply.Tag);
        }
        return tags;
    }
}
