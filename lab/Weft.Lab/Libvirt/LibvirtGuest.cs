using System.Diagnostics;
using System.Text.RegularExpressions;
using Weft.Lab.Qemu;

namespace Weft.Lab.Libvirt;

/// <summary>
/// A guest of libvirt's own QEMU driver (virt-qemu-run: no daemon, everything below one folder), whose domain holds what Weft printed
/// where its comments say that it belongs. Debian's kernel, which asks DHCP for an address.
/// </summary>
internal sealed partial class LibvirtGuest : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _process;
    private readonly Task<string> _said;

    private LibvirtGuest(string folder)
    {
        _folder = folder;
        // Debian's libvirt wants a user of its own as soon as root starts it; the guest stays root's, as the socket is.
        string asRoot = $"""
            for f in passwd group; do cp /etc/$f {folder}/$f; done
            grep -q ^libvirt-qemu: /etc/passwd || echo 'libvirt-qemu:x:0:0::/:/bin/false' >>{folder}/passwd
            grep -q ^libvirt-qemu: /etc/group || echo 'libvirt-qemu:x:0:' >>{folder}/group
            for f in passwd group; do mount --bind {folder}/$f /etc/$f; done
            """;
        string run = $"exec virt-qemu-run --root={folder} {folder}/domain.xml";
        string[] words = Environment.IsPrivilegedProcess ? ["unshare", "-m", "sh", "-ec", $"{asRoot}\n{run}"] : ["sh", "-c", run];
        _process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardError = true })!;
        _said = _process.StandardError.ReadToEndAsync();
    }

    public bool Runs => !_process.HasExited;

    /// <summary>What libvirt said, once it has ended.</summary>
    public Task<string> Said => _said;

    /// <param name="printed">By <c>weft vm args NAME --for libvirt</c>.</param>
    public static async Task<LibvirtGuest> StartAsync(string name, string folder, string printed)
    {
        Directory.CreateDirectory(Path.Combine(folder, "etc"));
        await File.WriteAllTextAsync(Path.Combine(folder, "etc", "qemu.conf"), """
            user = "root"
            group = "root"
            dynamic_ownership = 0
            security_driver = "none"
            cgroup_controllers = []
            namespaces = []
            seccomp_sandbox = 0
            stdio_handler = "file"
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "domain.xml"), $"""
            <domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
              <name>{name}</name>
              <memory unit='MiB'>192</memory>
              <os>
                <type arch='x86_64' machine='pc'>hvm</type>
                <kernel>{QemuKernel.Image}</kernel>
                <initrd>{await QemuKernel.InitramfsAsync(folder)}</initrd>
                <cmdline>console=ttyS0 quiet panic=-1 weft.name={name} weft.net=dhcp</cmdline>
              </os>
              {MemoryBacking().Match(printed).Value}
              <devices>
                <emulator>/usr/bin/qemu-system-x86_64</emulator>
                {string.Concat(Interface().Matches(printed).Select(m => m.Value))}
                <serial type='file'><source path='{folder}/console'/></serial>
                <memballoon model='none'/>
              </devices>
              {Override().Match(printed).Value}
              {CommandLine().Match(printed).Value}
            </domain>
            """);
        return new LibvirtGuest(folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (Runs)
        {
            using Process end = Process.Start("kill", ["-INT", $"{_process.Id}"]);
            await end.WaitForExitAsync();
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        _process.Dispose();
        foreach (string file in Directory.GetFiles(Path.Combine(_folder, "run"), "*.pid", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != "driver.pid"))
        {
            using Process left = Process.Start("kill", ["-9", (await File.ReadAllTextAsync(file)).Trim()]);
            await left.WaitForExitAsync();
        }
    }

    [GeneratedRegex("<memoryBacking>.*?</memoryBacking>", RegexOptions.Singleline)]
    private static partial Regex MemoryBacking();

    [GeneratedRegex("<interface .*?</interface>", RegexOptions.Singleline)]
    private static partial Regex Interface();

    [GeneratedRegex("<qemu:override>.*?</qemu:override>", RegexOptions.Singleline)]
    private static partial Regex Override();

    [GeneratedRegex("<qemu:commandline .*?</qemu:commandline>", RegexOptions.Singleline)]
    private static partial Regex CommandLine();
}
