namespace Weft.Bench.Vhost;

/// <summary>A program that carries frames between two vhost-user sockets that it listens at.</summary>
internal interface ISwitchCore : IDisposable
{
    /// <summary>Where every core forwards.</summary>
    const int Processor = 1;

    string One { get; }

    string Two { get; }

    int Pid { get; }

    /// <summary>Thread that forwards; known once frames flow.</summary>
    int Forwarder { get; }

    /// <summary>Begins the core's own count of cycles, or answers the shell line that does; ":" for none.</summary>
    string StartCount();

    /// <summary>Shell line that prints the core's own count.</summary>
    string Show { get; }

    /// <summary>Cycles per packet in what <see cref="Show"/> printed, polls that found nothing apart; NaN when it tells none.</summary>
    double OwnCycles(string shown);
}
