using Weft.Model.Api;
using Weft.Model.Planning;

namespace Weft.Cli.Doctor;

/// <summary>Everything that the checks look at, read once: they are functions of this value and ask nobody themselves.</summary>
internal sealed record HostFacts
{
    public required string Home { get; init; }

    /// <summary>"6.8.0-45-generic".</summary>
    public string Kernel { get; init; } = "";

    /// <summary>Text of /proc/PID/limits, of the worker where one runs.</summary>
    public string Limits { get; init; } = "";

    public string PingRange { get; init; } = "";

    /// <summary>Text of /proc/self/status.</summary>
    public string Status { get; init; } = "";

    /// <summary>Why /dev/net/tun cannot be opened; empty: it can.</summary>
    public string TunProblem { get; init; } = "";

    public string KvmProblem { get; init; } = "";

    /// <summary>Text of /proc/meminfo.</summary>
    public string Memory { get; init; } = "";

    /// <summary>Why nothing can be written in the home; empty: it can.</summary>
    public string HomeProblem { get; init; } = "";

    /// <summary>Bytes left on the home's disk; −1: not known.</summary>
    public long HomeFree { get; init; } = -1;

    /// <summary>Bytes of the longest path of a socket in the home.</summary>
    public int LongestPath { get; init; }

    /// <summary>Sockets in the run folder at which nobody listens.</summary>
    public IReadOnlyList<string> StaleSockets { get; init; } = [];

    public IReadOnlyList<HostRoute> Routes { get; init; } = [];

    public string ResolvConf { get; init; } = "";

    /// <summary>What systemd-resolved was told, all its files in one; null: this host has none.</summary>
    public string? ResolvedConf { get; init; }

    /// <summary>Firewalls that this host runs, by name.</summary>
    public IReadOnlyList<string> Firewalls { get; init; } = [];

    public IReadOnlyList<(string Name, string Version)> Hypervisors { get; init; } = [];

    /// <summary>Networks that run or are stored, with their subnets.</summary>
    public IReadOnlyList<(string Name, string Subnet)> Subnets { get; init; } = [];

    /// <summary>Forwards that run or are stored.</summary>
    public IReadOnlyList<string> Forwards { get; init; } = [];

    public required string Version { get; init; }

    /// <summary>Executable of this command.</summary>
    public string Executable { get; init; } = "";

    /// <summary>Weft's processes: role, pid, executable.</summary>
    public IReadOnlyList<(string Role, int Pid, string Executable)> Processes { get; init; } = [];

    /// <summary>Null: no weftd answers.</summary>
    public StatusDocument? Running { get; init; }

    public bool WorkerAnswers { get; init; }

    /// <summary>Last lines of the keeper's log.</summary>
    public IReadOnlyList<string> LastWords { get; init; } = [];
}
