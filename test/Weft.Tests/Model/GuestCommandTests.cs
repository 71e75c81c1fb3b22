using Weft.Model.Attaching;

namespace Weft.Tests.Model;

/// <summary>What a command says of its guest, and where the arguments of NICs go in it.</summary>
public sealed class GuestCommandTests
{
    private const long M = 1L << 20;
    private static readonly string[] QemuNic = ["-object", "memory-backend-memfd,id=mem0,size=1G,share=on", "-machine", "memory-backend=mem0", "-device", "x"];

    [Theory]
    [InlineData("qemu-system-x86_64", "qemu")]
    [InlineData("/opt/qemu/bin/qemu-system-aarch64", "qemu")]
    [InlineData("kvm", "qemu")]
    [InlineData("./linux", "uml")]
    [InlineData("linux.uml", "uml")]
    [InlineData("cloud-hypervisor", "cloud-hypervisor")]
    [InlineData("firecracker", "firecracker")]
    [InlineData("VBoxManage", "virtualbox")]
    [InlineData("qemu-img", null)]
    [InlineData("start-vm.sh", null)]
    [InlineData("", null)]
    public void A_program_is_known_by_its_name(string program, string? purpose) => Assert.Equal(purpose, GuestCommand.PurposeOf(program));

    [Theory]
    [InlineData("", 128 * M)]
    [InlineData("-m 512", 512 * M)]
    [InlineData("-m 1G", 1024 * M)]
    [InlineData("--m 1.5g", 1536 * M)]
    [InlineData("-m size=2G,slots=2,maxmem=4G", 2048 * M)]
    [InlineData("-m slots=2,maxmem=4G,size=300", 300 * M)]
    [InlineData("-m 0x200", 512 * M)]
    [InlineData("-m 524288K", 512 * M)]
    [InlineData("-m 101K", 106496)]
    [InlineData("-m 100 -m slots=2", 100 * M)]
    [InlineData("-m 100 -m 200", 200 * M)]
    [InlineData("-m much", 128 * M)]
    [InlineData("-m", 128 * M)]
    [InlineData("-m 99999999999999999999", 128 * M)]
    [InlineData("-m -5", 128 * M)]
    public void The_memory_is_what_QEMU_will_give(string words, long bytes) => Assert.Equal(bytes, Qemu(words).Told.Memory);

    [Theory]
    [InlineData("", false)]
    [InlineData("-accel tcg", false)]
    [InlineData("-enable-kvm", true)]
    [InlineData("-accel kvm,thread=single", true)]
    [InlineData("-machine q35,accel=kvm", true)]
    [InlineData("-M q35,accel=kvm:tcg", null)]
    [InlineData("-accel kvm -accel tcg", null)]
    public void The_processor_is_what_QEMU_will_use(string words, bool? accelerated) => Assert.Equal(accelerated, Qemu(words).Told.Accelerated);

    [Fact]
    public void A_program_that_is_called_kvm_uses_it() => Assert.True(new GuestCommand("qemu", ["/usr/bin/kvm"]).Told.Accelerated);

    [Fact]
    public void Qemu_gets_the_arguments_behind_its_own() => Assert.Equal(
        "qemu-system-x86_64 -m 1G -machine q35 -object memory-backend-memfd,id=mem0,size=1G,share=on -machine memory-backend=mem0 -device x",
        string.Join(' ', Qemu("-m 1G -machine q35").With(QemuNic)));

    [Theory]
    [InlineData("-object memory-backend-file,id=r,share=on,mem-path=/f,size=1G -M q35,memory-backend=r")]
    [InlineData("-object memory-backend-memfd,id=r,share=on,size=1G -numa node,memdev=r")]
    public void A_memory_backend_of_the_owner_stays_the_only_one(string words) =>
        Assert.Equal($"qemu-system-x86_64 {words} -device x", string.Join(' ', Qemu(words).With(QemuNic)));

    [Fact]
    public void A_kernel_gets_them_before_what_is_its_first_programs()
    {
        GuestCommand command = new("uml", ["linux.uml", "mem=1G", "init=/bin/sh", "--", "sh", "/init"]);

        Assert.Equal(["linux.uml", "mem=1G", "init=/bin/sh", "vec0:x", "vec1:y", "--", "sh", "/init"], command.With(["vec0:x", "vec1:y"]));
        Assert.Equal(["linux", "vec0:x"], new GuestCommand("uml", ["linux"]).With(["vec0:x"]));
        Assert.Null(command.Told.Memory);
    }

    [Theory]
    [InlineData("--kernel k", "--kernel k --memory size=512M,shared=on --net mac=1 mac=2")]
    [InlineData("--memory size=2G --kernel k", "--memory size=2G,shared=on --kernel k --net mac=1 mac=2")]
    [InlineData("--memory size=2G,shared=on", "--memory size=2G,shared=on --net mac=1 mac=2")]
    [InlineData("--net tap=t --kernel k", "--net mac=1 mac=2 tap=t --kernel k --memory size=512M,shared=on")]
    public void Cloud_hypervisor_has_each_option_once(string words, string whole) => Assert.Equal($"cloud-hypervisor {whole}", string.Join(' ',
        new GuestCommand("cloud-hypervisor", ["cloud-hypervisor", .. words.Split(' ')]).With(["--memory", "size=512M,shared=on", "--net", "mac=1", "mac=2"])));

    [Theory]
    [InlineData(1L << 30, "1G")]
    [InlineData(1536 * M, "1536M")]
    [InlineData(106496, "104K")]
    [InlineData(5L << 40, "5120G")]
    public void Sizes_are_written_short(long bytes, string text) => Assert.Equal(text, MemorySize.Text(bytes));

    private static GuestCommand Qemu(string words) => new("qemu", ["qemu-system-x86_64", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
}
