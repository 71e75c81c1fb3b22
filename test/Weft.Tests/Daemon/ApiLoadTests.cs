using System.Text.Json;
using Weft.Daemon.Api;
using Weft.Engine.State;
using Weft.Linux;
using Weft.Model.Api;
using Weft.Model.Errors;
using Weft.Tests.Cli;
using Weft.Tests.Linux;

namespace Weft.Tests.Daemon;

/// <summary>Many callers at once, and callers that leave, say nothing, or do not read.</summary>
public sealed class ApiLoadTests
{
    private const string Lab = "networks: { lab: nat-network }\nvms: { alpha: [lab], beta: [lab] }\n";

    private static readonly ApiLimits Small = new(16, 2, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

    [Fact]
    public async Task Each_of_many_at_once_is_answered_or_refused_with_a_word_when_to_come_again()
    {
        using TestDaemon daemon = new();
        daemon.Up(Lab);
        // A slow change in front, so that the others meet at the gate.
        daemon.Worker.OnCommand = _ => Thread.Sleep(2);
        (string Method, string Path)[] mix = [("GET", ApiPaths.Status), ("GET", ObjectPaths.Networks), ("GET", ObjectPaths.Leases), ("POST", ApiPaths.PlugOf("alpha", 1, false)),
            ("POST", ApiPaths.PlugOf("alpha", 1, true)), ("POST", ApiPaths.PlugOf("beta", 1, false))];
        (int Status, string Head, string Body)[] answers = await Task.WhenAll(Enumerable.Range(0, 1500).Select(async i =>
        {
            using RawClient client = await RawClient.OpenAsync(daemon.Home);
            return await client.AskAsync(mix[i % mix.Length].Method, mix[i % mix.Length].Path);
        })).WaitAsync(TimeSpan.FromSeconds(120));

        Assert.Equal([200, 429], answers.Select(a => a.Status).Distinct().Order());
        Assert.All(answers.Where(a => a.Status == 429), a =>
        {
            Assert.Contains("Retry-After: 1", a.Head);
            Assert.Equal(ErrorCode.Busy, TryLine.Checked(JsonSerializer.Deserialize(a.Body, ApiJson.Default.WeftError)!).Code);
        });
        Assert.True(answers.Count(a => a.Status == 200) >= 750, "what only reads is not refused");
        Assert.Equal("ok", daemon.Status().Worker.State);
        Assert.DoesNotContain(ErrorCode.Busy, File.ReadAllText(daemon.Home.Log));
    }

    [Fact]
    public async Task What_a_caller_asked_who_left_before_its_turn_is_not_done()
    {
        using TestDaemon daemon = new();
        daemon.Up(Lab);
        using ManualResetEventSlim asked = new();
        using ManualResetEventSlim goOn = new();
        daemon.Worker.OnCommand = _ =>
        {
            asked.Set();
            goOn.Wait(TimeSpan.FromSeconds(8));
        };
        using RawClient first = RawClient.Open(daemon.Home).Ask("POST", ApiPaths.Forwards, """{ "forward": "9001:alpha:80" }""");
        Assert.True(asked.Wait(TimeSpan.FromSeconds(20)));
        RawClient.Open(daemon.Home).Ask("POST", ApiPaths.Forwards, """{ "forward": "9002:alpha:80" }""").Dispose();
        RawClient waiting = RawClient.Open(daemon.Home).Ask("DELETE", "/v1/vms/beta");
        using RawClient last = RawClient.Open(daemon.Home).Ask("POST", ApiPaths.Forwards, """{ "forward": "9003:alpha:80" }""");
        await Task.Delay(500);
        waiting.Dispose();
        first.Dispose(); // too late: it has begun
        await Task.Delay(1000);
        goOn.Set();

        Assert.Equal(200, (await last.ReadAsync()).Status);
        Assert.Equal(["127.0.0.1:9001", "127.0.0.1:9003"], daemon.Worker.Names(SharedArray.Forwards));
        Assert.Equal(["alpha:1", "beta:1"], daemon.Worker.Names(SharedArray.Ports));
    }

    [Fact]
    public void Silent_connections_keep_nobody_out()
    {
        using TestDaemon daemon = new(Small);
        RawClient[] silent = [.. Enumerable.Range(0, 40).Select(_ => RawClient.Open(daemon.Home))];
        using RawClient half = RawClient.Open(daemon.Home).Ask("POST", ApiPaths.Up, "{", length: 100);

        Assert.Equal("none", daemon.Status().Worker.State);
        Eventually.True(() => silent.All(s => s.IsEnded), "each silent connection is ended");
        Eventually.True(() => half.IsEnded, "a body that does not come is not waited for", TimeSpan.FromSeconds(40));
        Array.ForEach(silent, s => s.Dispose());
    }

    [Fact]
    public async Task Followers_of_events_have_a_part_of_the_places()
    {
        using TestDaemon daemon = new(Small);
        RawClient[] followers = [.. Enumerable.Range(0, Small.Streams).Select(_ => RawClient.Open(daemon.Home).Ask("GET", ApiPaths.Events))];
        Eventually.True(() => followers.All(f => f.Unread > 0), "they follow");
        using RawClient refused = RawClient.Open(daemon.Home);
        (int status, string head, string body) = await refused.AskAsync("GET", ApiPaths.Events);

        Assert.Equal((429, ErrorCode.Busy), (status, JsonSerializer.Deserialize(body, ApiJson.Default.WeftError)!.Code));
        Assert.Contains("Retry-After: 1", head);
        Array.ForEach(followers, f => f.Dispose());
        Eventually.True(() =>
        {
            using RawClient next = RawClient.Open(daemon.Home).Ask("GET", ApiPaths.Events);
            Thread.Sleep(100);
            return next.Unread > 0 && !next.IsEnded;
        }, "their places are free again");
    }

    [Fact]
    public void A_follower_of_events_that_does_not_read_is_ended()
    {
        using TestDaemon daemon = new(Small);
        daemon.Keepers.Capacity = 512;
        daemon.Up($"networks: {{ lab: internal }}\nvms: {{ {string.Join(", ", Enumerable.Range(0, 32).Select(i => $"vm{i}: [lab, lab, lab, lab, lab, lab, lab, lab]"))} }}\n");
        using RawClient deaf = RawClient.Open(daemon.Home).Ask("GET", ApiPaths.Events);
        RecordArray<PortCounters> counters = daemon.Worker.State.Array<PortCounters>(SharedArray.PortCounters);
        Eventually.True(() =>
        {
            for (int i = 0; i < counters.Capacity; i++)
            {
                counters[i].Carrier ^= 1; // a cable is pulled or put in: an event for each
            }
            Thread.Sleep(50);
            return deaf.IsEnded;
        }, "it is ended", TimeSpan.FromSeconds(60));
        Assert.InRange(deaf.Unread, 10_000, 1 << 20);
    }

    [Fact]
    public async Task A_capture_that_nobody_reads_holds_little_and_can_be_stopped()
    {
        using TestDaemon daemon = new(Small);
        daemon.Up(Lab);
        int far = -1;
        daemon.Worker.TakeDescriptor = (kind, descriptor) => kind == CommandKind.OpenCapture && (far = descriptor) >= 0;
        using RawClient deaf = RawClient.Open(daemon.Home).Ask("POST", ApiPaths.Captures, """{ "points": ["alpha:1"] }""");
        Eventually.True(() => deaf.Unread > 0, "it captures");

        long taken = await FillAsync(far);
        Assert.InRange(taken, 64 << 10, 8 << 20);
        Assert.Null(daemon.Client.Get(ApiPaths.CaptureOf(1), ApiJson.Default.CaptureDocument).Ended);
        daemon.Client.Delete(ApiPaths.CaptureOf(1), ApiJson.Default.CaptureDocument);
        Eventually.True(() => daemon.Client.Get(ApiPaths.CaptureOf(1), ApiJson.Default.CaptureDocument).Ended == "it was stopped", "it ends");
        Eventually.True(() => deaf.IsEnded, "and its connection", TimeSpan.FromSeconds(40));
        FileCalls.Close(far);
    }

    [Theory]
    [InlineData("PUT", "/v1/vms/alpha", 8 << 20)]
    [InlineData("POST", ApiPaths.Forwards, 65 << 10)]
    [InlineData("POST", ApiPaths.Up, 8 << 20)]
    public async Task A_body_that_is_too_large_is_refused_as_such(string method, string path, int length)
    {
        using TestDaemon daemon = new();
        daemon.Up(Lab);
        using RawClient client = RawClient.Open(daemon.Home).Ask(method, path, "{", length);
        (int status, _, string body) = await client.ReadAsync();
        Assert.Equal((413, ErrorCode.FileTooLarge), (status, TryLine.Checked(JsonSerializer.Deserialize(body, ApiJson.Default.WeftError)!).Code));
    }

    [Fact]
    public void A_UDP_port_that_the_keeper_has_not_closed_yet_is_asked_for_again()
    {
        using TestDaemon daemon = new();
        daemon.Up(Lab);
        int refusals = 3;
        daemon.Worker.Refuse = (kind, _) => kind is CommandKind.PutForward or CommandKind.PutPort && refusals-- > 0 ? Errno.EADDRINUSE : 0;
        daemon.AddForward("9001:alpha:53/udp");
        Assert.Equal(-1, refusals);
        refusals = 3;
        daemon.Client.Change("POST", "/v1/vms/beta/nics", """{ "net": "lab", "dgram": { "local": "127.0.0.1:9002", "remote": "127.0.0.1:9003" } }""");
        Assert.Equal(-1, refusals);

        refusals = int.MaxValue;
        Assert.Equal(ErrorCode.PortInUse, Assert.Throws<Weft.Cli.Output.CommandException>(() => daemon.AddForward("9004:alpha:53/udp")).Error.Code);
        refusals = 1;
        Assert.Equal(ErrorCode.PortInUse, Assert.Throws<Weft.Cli.Output.CommandException>(() => daemon.AddForward("9004:alpha:53/tcp")).Error.Code);
    }

    /// <summary>Writes blocks of a capture until nobody takes more for a second; how many bytes were taken.</summary>
    private static async Task<long> FillAsync(int descriptor)
    {
        byte[] block = new byte[4096];
        BitConverter.TryWriteBytes(block, 6);
        BitConverter.TryWriteBytes(block.AsSpan(4), block.Length);
        BitConverter.TryWriteBytes(block.AsSpan(block.Length - 4), block.Length);
        using System.Net.Sockets.Socket socket = new(new System.Net.Sockets.SafeSocketHandle(descriptor, ownsHandle: false)) { Blocking = false };
        long taken = 0;
        int sent = 0;
        for (int refused = 0; refused < 100 && taken < 64 << 20;)
        {
            int now = socket.Send(block.AsSpan(sent), System.Net.Sockets.SocketFlags.None, out System.Net.Sockets.SocketError error);
            if (error != System.Net.Sockets.SocketError.Success || now == 0)
            {
                refused++;
                await Task.Delay(10);
                continue;
            }
            refused = 0;
            taken += now;
            sent = (sent + now) % block.Length;
        }
        return taken;
    }
}
