namespace Weft.Lab.Survival;

/// <summary>
/// Kills workers at seeded random moments, 50 to 800 ms apart, so that takeovers meet handshakes, closes and each other. Most
/// kills meet a cold start, since a standby comes a second after the last takeover; so in the long tier it waits for one now
/// and then, to have both kinds (under load a standby takes half a minute to get warm). Sometimes all workers die at once.
/// </summary>
internal sealed class Killer(WorkerWatch workers, int seed)
{
    private const int OneInAll = 8;
    private const int OneInWarm = 20;

    private readonly Random _random = new(seed);

    /// <summary>Kills that hit a serving worker, or one that was taking over.</summary>
    public int Kills { get; private set; }

    /// <summary>Of these, with the standby at once.</summary>
    public int Doubles { get; private set; }

    /// <summary>Of these, with a warm standby there.</summary>
    public int Warm { get; private set; }

    /// <summary>Ends after so many kills or when told to stop; then a worker serves.</summary>
    public async Task RunAsync(int kills, Task stop)
    {
        while (Kills < kills && !stop.IsCompleted)
        {
            bool warm = Tier.IsLong && _random.Next(OneInWarm) == 0;
            if (warm)
            {
                await workers.StandbyAsync();
            }

            await Task.WhenAny(stop, Task.Delay(_random.Next(50, 800)));
            KillNow(warm);
        }

        await workers.ServesAsync(after: 0);
    }

    private void KillNow(bool warm)
    {
        if (_random.Next(OneInAll) == 0)
        {
            int hit = workers.KillAll();
            Kills += Math.Min(hit, 1);
            Doubles += hit > 1 ? 1 : 0;
        }
        else if (workers.Kill())
        {
            Kills++;
            Warm += warm ? 1 : 0;
        }
    }

    public override string ToString() => $"{Kills} kills, {Warm} with a warm standby, {Doubles} together with it";
}
