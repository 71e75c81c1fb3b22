using Weft.Engine;
using Weft.Gateway;
using Weft.Linux.Files;

namespace Weft.Worker;

/// <summary>Follows the host's resolv.conf: read at the start, and again whenever it is changed or replaced (a VPN came up).</summary>
internal sealed class ResolverWatch : IReadyTarget, IDisposable
{
    private readonly Lane _lane;
    private readonly GatewayLane _gateways;
    private readonly string _path = Environment.GetEnvironmentVariable("WEFT_RESOLV_CONF") ?? "/etc/resolv.conf";
    private readonly FileWatch? _watch;
    private readonly ushort _target;

    public ResolverWatch(Lane lane, GatewayLane gateways)
    {
        _lane = lane;
        _gateways = gateways;
        _target = lane.Register(this);
        try
        {
            _watch = new FileWatch(_path);
            lane.Readiness.Watch(_watch.Descriptor, new ReadyToken(_target, 0, 0), Ready.Read);
        }
        catch (IOException)
        {
            // No inotify left on this host: the resolvers of now serve.
        }
        Load();
    }

    public void OnReady(ReadyToken token, Ready what)
    {
        if (_watch!.TakeChanges())
        {
            Load();
        }
    }

    public void Dispose()
    {
        _lane.Unregister(_target);
        _watch?.Dispose();
    }

    private void Load()
    {
        try
        {
            _gateways.SetResolvers(File.ReadAllText(_path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Between two files there is none for a moment; the next change brings one.
        }
    }
}
