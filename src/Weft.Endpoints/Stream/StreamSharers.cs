using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Weft.Wire;

namespace Weft.Endpoints.Stream;

/// <summary>The NICs that share a place to listen at, by their MACs, and whose listener each has: one a lane. Any lane may ask.</summary>
public sealed class StreamSharers(bool isTcp)
{
    private readonly ConcurrentDictionary<MacAddress, (StreamEndpoint Endpoint, StreamListener Listener)> _byMac = new();

    public bool IsTcp => isTcp;

    public int Count => _byMac.Count;

    public bool TryFind(MacAddress mac, [NotNullWhen(true)] out StreamEndpoint? endpoint, [NotNullWhen(true)] out StreamListener? listener)
    {
        bool isThere = _byMac.TryGetValue(mac, out (StreamEndpoint Endpoint, StreamListener Listener) found);
        (endpoint, listener) = isThere ? found : default;
        return isThere;
    }

    internal void Add(StreamEndpoint endpoint, StreamListener listener) => _byMac[endpoint.Mac] = (endpoint, listener);

    internal void Remove(StreamEndpoint endpoint)
    {
        if (_byMac.TryGetValue(endpoint.Mac, out (StreamEndpoint Endpoint, StreamListener) found) && found.Endpoint == endpoint)
        {
            _byMac.TryRemove(endpoint.Mac, out _);
        }
    }
}
