using Weft.Cli.Demo;

namespace Weft.Lab.Guests;

/// <summary>What scenes ask of a Linux guest with a console.</summary>
internal static class GuestShell
{
    /// <summary>The output of a command that must succeed.</summary>
    public static async Task<string> MustAsync(this ConsoleGuest guest, string command, TimeSpan? limit = null)
    {
        GuestResult result = await guest.RunAsync(command, limit);
        Assert.True(result.Ok, $"{guest.Name}: {command}: exit {result.Exit}: {result.Output}");
        return result.Text;
    }

    /// <summary>Waits in the guest until its card has carrier, or has none.</summary>
    public static Task CarrierAsync(this ConsoleGuest guest, bool on, double seconds = 1)
    {
        string want = on ? "1" : "0";
        return guest.MustAsync($"""
            for i in $(seq {seconds * 20}); do
                [ "$(cat /sys/class/net/eth0/carrier)" = {want} ] && exit
                sleep 0.05
            done
            echo "carrier is not {want}"; exit 1
            """, TimeSpan.FromSeconds(seconds + 20));
    }

    /// <summary>Asks for an address anew, with nothing left of the last one; the gateway it was told.</summary>
    public static Task<string> AskAgainAsync(this ConsoleGuest guest) => guest.MustAsync("""
        card=$(ls /sys/class/net | grep -v lo | head -n 1)
        busybox ip address flush dev $card; busybox ip link set $card up
        busybox udhcpc -f -q -n -t 20 -T 1 -i $card -s /run/weft/init >/run/udhcpc.log 2>&1 || { cat /run/udhcpc.log; exit 1; }
        busybox ip route | busybox sed -n 's/^default via \([^ ]*\).*/\1/p'
        """);

    public static Task PingAsync(this ConsoleGuest guest, string address) => guest.MustAsync($"busybox ping -c 3 -W 5 {address}");

    /// <summary>Another text for each boot.</summary>
    public static Task<string> LifeAsync(this ConsoleGuest guest) => guest.MustAsync("cat /proc/sys/kernel/random/boot_id");

    /// <summary>Fetches the long page of a <see cref="DemoWebServer"/> and gives its hash, as sha256sum prints it.</summary>
    public static async Task<string> FetchAsync(this ConsoleGuest guest, string host, DemoWebServer server, double seconds = 60) =>
        (await guest.MustAsync($"busybox wget -q -O - http://{host}:{server.Port}/pattern | sha256sum", TimeSpan.FromSeconds(seconds))).Split(' ')[0];
}
