using System.Diagnostics;
using Weft.Cli.Demo;

namespace Weft.Lab.Qemu;

/// <summary>What QEMU guests boot with: lab/guest-kernel.sh puts a kernel and most of an initramfs beside the build; the init is the lab's.</summary>
internal static class QemuKernel
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../guest-kernel"));

    public static string Image => Path.Combine(Folder, "vmlinuz");

    public static string? Lack() => File.Exists(Image) ? null : $"no kernel for QEMU guests lies in {Folder}; try: sh lab/guest-kernel.sh {Folder}";

    /// <summary>Makes the initramfs as a file of the folder; its path.</summary>
    public static async Task<string> InitramfsAsync(string folder)
    {
        string root = Path.Combine(folder, "tree"), archive = Path.Combine(folder, "initramfs");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Qemu", "qemu-init.sh"), Path.Combine(folder, "init"), overwrite: true);
        await File.WriteAllTextAsync(Path.Combine(folder, "guest-init.sh"), DemoFiles.GuestInit);
        using Process pack = Process.Start("sh", ["-ec", $"""
            cp -r {Folder}/tree {root}
            mv {folder}/init {folder}/guest-init.sh {root}
            chmod 755 {root}/init
            cd {root}
            find . | busybox cpio -o -H newc >{archive} 2>/dev/null
            rm -r {root}
            """]);
        await pack.WaitForExitAsync();
        return pack.ExitCode == 0 ? archive : throw new IOException($"the initramfs cannot be made in {folder}");
    }
}
