using Weft.Linux;
using Weft.Linux.Keeping;

namespace Weft.Tests.Keeper;

/// <summary>After reading, the keeper leaves the worker's socket alone for a while; what matters does not wait for it.</summary>
public sealed class RestTests : IDisposable
{
    private const int Long = 300;

    private readonly KeeperRig _rig = new(rest: Long);

    [Fact]
    public void WhatComesMeanwhileIsReadAfterTheRestInOneGo()
    {
        using KeeperLink link = _rig.ConnectFirst();
        _rig.Keep(link, 1);
        Assert.True(Turns(() => _rig.Loop.Held == 1) < Long);
        for (int file = 2; file < 10; file++)
        {
            _rig.Keep(link, file);
        }
        _rig.Settle();
        Assert.Equal(1, _rig.Loop.Held);
        Turns(() => _rig.Loop.Held > 1);
        Assert.Equal(9, _rig.Loop.Held);
    }

    [Fact]
    public void AnEndIsNoticedAtOnceAndWhatWasSentIsNotLost()
    {
        KeeperLink link = _rig.ConnectFirst();
        _rig.Keep(link, 1);
        Turns(() => _rig.Loop.Held == 1);
        _rig.Keep(link, 2);
        _rig.Kill(link, 0);
        Assert.Equal((2, 2), (_rig.Loop.Held, _rig.Starter.Started));
    }

    public void Dispose() => _rig.Dispose();

    /// <summary>Turns until it is so; milliseconds that passed.</summary>
    private long Turns(Func<bool> done)
    {
        long start = Environment.TickCount64;
        Linux.Eventually.True(() => _rig.Loop.Turn(5) && done());
        return Environment.TickCount64 - start;
    }
}
