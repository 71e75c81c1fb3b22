using System.Runtime.InteropServices;

namespace Weft.Bench;

/// <summary>Ctrl-C and its like end the bench at the next step, by an exception, so that everything it started ends with it.</summary>
internal static class Interrupt
{
    private static readonly List<PosixSignalRegistration> _registrations = [];
    private static volatile bool _asked;

    public static void Watch()
    {
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = _asked = true));
        }
    }

    public static void Check()
    {
        if (_asked)
        {
            throw new OperationCanceledException("interrupted");
        }
    }
}
