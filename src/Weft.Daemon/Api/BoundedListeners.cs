using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Weft.Daemon.Api;

/// <summary>Listeners that accept no more connections at a time than there are places; <see cref="ServeAsync"/> gives them back.</summary>
internal sealed class BoundedListeners(IConnectionListenerFactory inner, int places) : IConnectionListenerFactory
{
    private readonly SemaphoreSlim _free = new(places, places);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        new Listener(await inner.BindAsync(endpoint, cancellationToken), _free);

    /// <summary>Serves a connection to its end.</summary>
    public ConnectionDelegate ServeAsync(ConnectionDelegate next) => async connection =>
    {
        try
        {
            await next(connection);
        }
        finally
        {
            // The server does so too, later: without this, descriptors that are being closed would come on top.
            await connection.DisposeAsync();
            _free.Release();
        }
    };

    private sealed class Listener(IConnectionListener inner, SemaphoreSlim free) : IConnectionListener
    {
        private readonly CancellationTokenSource _over = new();

        public EndPoint EndPoint => inner.EndPoint;

        /// <summary>Null when the listener has been unbound.</summary>
        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            ConnectionContext? accepted = null;
            try
            {
                await free.WaitAsync(_over.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            try
            {
                return accepted = await inner.AcceptAsync(cancellationToken);
            }
            finally
            {
                if (accepted is null)
                {
                    free.Release();
                }
            }
        }

        public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            await _over.CancelAsync();
            await inner.UnbindAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync();
            _over.Dispose();
        }
    }
}
