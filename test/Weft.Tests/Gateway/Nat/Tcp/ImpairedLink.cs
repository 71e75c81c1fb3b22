using Weft.Tests.Simulation;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>One direction between guest and gateway: seeded loss, reordering, duplication and delay.</summary>
internal sealed class ImpairedLink(VirtualTime time, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Microseconds.</summary>
    public long Delay { get; set; } = 50;

    public double Loss { get; set; }

    /// <summary>Share of frames that come later than those behind them.</summary>
    public double Reorder { get; set; }

    public double Duplicate { get; set; }

    /// <summary>While true nothing passes.</summary>
    public bool IsCut { get; set; }

    /// <summary>Loses the frames that it names; seen before the random loss.</summary>
    public Func<GuestSegment, bool>? Loses { get; set; }

    public bool IsClean => Loss == 0 && Reorder == 0 && Duplicate == 0 && Loses is null;

    public int InFlight { get; private set; }

    public int Lost { get; private set; }

    public void Impair(double loss, double reorder = 0, double duplicate = 0) => (Loss, Reorder, Duplicate) = (loss, reorder, duplicate);

    public void Send(GuestSegment segment, Action<GuestSegment> deliver)
    {
        if (IsCut || Loses?.Invoke(segment) == true || _random.NextDouble() < Loss)
        {
            Lost++;
            return;
        }
        Pass(segment, deliver);
        if (Duplicate > 0 && _random.NextDouble() < Duplicate)
        {
            Pass(segment, deliver);
        }
    }

    private void Pass(GuestSegment segment, Action<GuestSegment> deliver)
    {
        long late = Reorder > 0 && _random.NextDouble() < Reorder ? 1 + _random.Next(800) : 0;
        InFlight++;
        time.After(Delay + late, () =>
        {
            InFlight--;
            deliver(segment);
        });
    }
}
