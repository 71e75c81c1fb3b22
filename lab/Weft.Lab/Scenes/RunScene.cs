using System.Diagnostics;
using Weft.Cli.Demo;
using Weft.Lab.Guests;
using Weft.Lab.Qemu;

namespace Weft.Lab.Scenes;

/// <summary><c>weft run</c>: the owner's command takes the place of weft, with the arguments of the VM's NICs.</summary>
public sealed class RunScene
{
    private const string Topology =
        "networks: { lab: nat-network }\nvms: { alpha: [{ net: lab, attach: seqpacket }, lab], beta: [lab] }\n";

    /// <summary>Says who it is and waits for its end.</summary>
    private const string Endless = "trap 'exit 9' TERM; echo $$; while :; do sleep 0.05; done";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Scene(Needs.Uml)]
    public async Task User_Mode_Linux_gets_all_its_cards()
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        UmlGuest alpha = await home.RunUmlAsync("alpha");

        await alpha.PingAsync((await alpha.Lease).Gateway);
        Assert.Equal("eth0\nvec0", await alpha.MustAsync("""
            for module in net/core/failover drivers/net/net_failover drivers/net/virtio_net; do
                busybox insmod /usr/lib/uml/modules/$(uname -r)/kernel/$module.ko
            done
            ls /sys/class/net | grep -v lo
            """));
    }

    /// <summary>Port 0xf4 is QEMU's debug-exit: a byte that the guest writes there is its end, with twice that and one as exit code.</summary>
    [Scene(Needs.Qemu), Trait("Tier", "ci")]
    public async Task A_QEMU_guest_has_the_memory_of_its_command_an_address_and_its_own_exit_code()
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        QemuGuest beta = await home.RunQemuAsync("beta", "-machine q35", "-m 224", "-device isa-debug-exit,iobase=0xf4,iosize=1");

        await beta.PingAsync((await beta.Lease).Gateway);
        int kib = int.Parse(await beta.MustAsync("awk '/MemTotal/ { print $2 }' /proc/meminfo"));
        Assert.InRange(kib, 160 << 10, 224 << 10);
        _ = beta.RunAsync("printf '\\025' | dd of=/dev/port bs=1 seek=244 conv=notrunc").ContinueWith(t => t.Exception, TaskScheduler.Default);
        Assert.Equal((2 * 21) + 1, await beta.EndAsync(TimeSpan.FromSeconds(30)));
    }

    [Scene]
    public async Task Exit_codes_and_signals_are_the_programs_own_and_nothing_is_left()
    {
        await using WeftHome home = await WeftHome.UpAsync(Topology);
        string[] ask = ["run", "beta", "--for", "qemu", "--", "sh", "-c"];

        Assert.Equal(7, (await home.Weft.TryAsync([.. ask, "exit 7"])).Exit);
        Assert.Equal(128 + 13, (await home.Weft.TryAsync([.. ask, "kill -PIPE $$"])).Exit);
        using Process direct = Start(["sh", "-c", Endless]), run = Start(home.Weft.Line([.. ask, Endless]));
        (_, string[] usual) = await EndAsync(direct);
        (string pid, string[] held) = await EndAsync(run);

        Assert.Equal((9, 9), (direct.ExitCode, run.ExitCode));
        Assert.Equal($"{run.Id}", pid);
        Assert.Equal(usual, held);
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"*-{pid}-*"));
    }

    private static Process Start(string[] line)
    {
        ProcessStartInfo start = new(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment.Remove("DOTNET_EnableDiagnostics");
        return Process.Start(start)!;
    }

    /// <summary>Sends SIGTERM to what was started; what it had said, and the descriptors that it had.</summary>
    private static async Task<(string Said, string[] Descriptors)> EndAsync(Process process)
    {
        string said = await process.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? "";
        string[] held = [.. Directory.GetFiles($"/proc/{process.Id}/fd").Select(path => Path.GetFileName(path)).Order()];
        using Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(Patience);
        return (said, held);
    }
}
