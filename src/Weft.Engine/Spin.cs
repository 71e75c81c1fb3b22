namespace Weft.Engine;

/// <summary>
/// Theory. A look costs processor time that guests on the same core could use; a sleep costs the wake-up, which is tens of
/// microseconds in a virtual machine. So a lane looks for a while after work: as long as an answer of a guest takes, since
/// that is what one waits for, and only while nobody else wants the processor (it offers it at every look,
/// <see cref="IReadiness.Yield"/>). Each spin that paid adds credit, each that did not takes some; without credit only every
/// sixteenth is tried.
/// </summary>
internal sealed class Spin
{
    private const long BalancedLook = 100;
    private const long LatencyLook = 200;
    private const int MostCredit = 32;
    private const int TryEvery = 16;

    private int _credit = MostCredit / 2;
    private int _skipped;
    private bool _isSpinning;

    public PollingPolicy Policy { get; set; }

    /// <summary>Microseconds to look for; 0 for not now.</summary>
    public long Begin()
    {
        _isSpinning = Policy != PollingPolicy.Power && (_credit > 0 || Policy == PollingPolicy.Latency || ++_skipped % TryEvery == 0);
        return !_isSpinning ? 0 : Policy == PollingPolicy.Latency ? LatencyLook : BalancedLook;
    }

    public void End(bool paid)
    {
        if (_isSpinning)
        {
            _credit = Math.Clamp(_credit + (paid ? 2 : -1), 0, MostCredit);
        }
    }
}
