using Weft.Daemon.Control;
using Weft.Model.Errors;

namespace Weft.Tests.Daemon;

/// <summary>One at a time, in order, and not for those who have gone.</summary>
public sealed class GateTests
{
    private readonly Gate _gate = new();
    private readonly TaskCompletionSource<int> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<int> _done = [];

    [Fact]
    public async Task They_pass_one_by_one_in_the_order_of_their_coming()
    {
        Task first = _gate.PassAsync(() => _first.Task, default);
        Task[] others = [.. Enumerable.Range(0, 20).Select(i => Pass(i, default))];
        Assert.Empty(_done);
        _first.SetResult(0);
        await Task.WhenAll([first, .. others]);
        Assert.Equal(Enumerable.Range(0, 20), _done);
    }

    [Fact]
    public async Task Who_left_while_waiting_is_not_let_in()
    {
        using CancellationTokenSource left = new();
        Task first = _gate.PassAsync(() => _first.Task, left.Token);
        (Task gone, Task stays) = (Pass(1, left.Token), Pass(2, default));
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.False(first.IsCompleted); // it was begun
        _first.SetResult(0);
        await first;
        await stays;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Pass(3, left.Token));
        Assert.Equal([2], _done);
    }

    [Fact]
    public async Task A_bounded_number_waits()
    {
        Task first = _gate.PassAsync(() => _first.Task, default);
        Task[] waiting = [.. Enumerable.Range(1, Gate.Room - 1).Select(i => Pass(i, default))];
        WeftException refused = await Assert.ThrowsAsync<WeftException>(() => Pass(0, default).WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal(ErrorCode.Busy, refused.Error.Code);
        Assert.False(await _gate.TryEnterAsync());
        _first.SetResult(0);
        await Task.WhenAll([first, .. waiting]);
        await Pass(0, default);
        Assert.Equal(Gate.Room, _done.Count);
    }

    private Task<int> Pass(int number, CancellationToken left) => _gate.PassAsync(() =>
    {
        _done.Add(number);
        return Task.FromResult(number);
    }, left);
}
