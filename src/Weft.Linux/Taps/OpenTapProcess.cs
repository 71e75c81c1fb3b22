using System.Globalization;
using Weft.Linux.Unix;
using Weft.Wire;

namespace Weft.Linux.Taps;

/// <summary>The short life of <c>weft open-tap</c>, started inside another namespace by <see cref="TapOpener"/>: opens one TAP,
/// sends its descriptor (or a negated errno) over descriptor 3, and ends.</summary>
public static unsafe class OpenTapProcess
{
    private const int Socket = 3;

    /// <param name="args">What follows <c>open-tap</c>: name, MAC, MTU, up (1 or 0), virtio header (1 or 0).</param>
    public static int Run(ReadOnlySpan<string> args)
    {
        if (!TryParse(args, out TapRequest? request))
        {
            Console.Error.WriteLine("weft open-tap is started by weft itself: NAME MAC MTU UP HEADER, and a socket as descriptor 3");
            return 2;
        }
        int tap = TapDevice.Open(request);
        int error = Math.Min(tap, 0);
        ReadOnlySpan<int> descriptors = tap < 0 ? [] : new ReadOnlySpan<int>(&tap, 1);
        int sent = DescriptorMessages.Send(Socket, new ReadOnlySpan<byte>(&error, sizeof(int)), descriptors, wait: true);
        return sent < 0 || tap < 0 ? 1 : 0;
    }

    internal static IReadOnlyList<string> Arguments(TapRequest request) =>
    [
        request.Name,
        request.Mac.ToString(),
        request.Mtu.ToString(CultureInfo.InvariantCulture),
        request.Up ? "1" : "0",
        request.VirtioHeader ? "1" : "0",
    ];

    private static bool TryParse(ReadOnlySpan<string> args, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out TapRequest? request)
    {
        request = null;
        if (args.Length != 5 || !MacAddress.TryParse(args[1], out MacAddress mac) ||
            !int.TryParse(args[2], NumberStyles.None, CultureInfo.InvariantCulture, out int mtu))
        {
            return false;
        }
        request = new TapRequest(args[0]) { Mac = mac, Mtu = mtu, Up = args[3] == "1", VirtioHeader = args[4] == "1" };
        return true;
    }
}
