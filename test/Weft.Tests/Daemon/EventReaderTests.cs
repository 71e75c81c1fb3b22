using Weft.Daemon.Events;
using Weft.Model.Api;

namespace Weft.Tests.Daemon;

/// <summary>Events reach who reads, and wait for nobody.</summary>
public sealed class EventReaderTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly EventLog _log = new(TimeProvider.System);

    [Fact]
    public async Task Who_reads_too_slowly_is_told_how_many_are_missing_where_they_are()
    {
        using EventReader slow = _log.Open();
        for (int i = 1; i <= EventReader.Room + 40; i++)
        {
            _log.Add("change", "s", $"{i}");
        }
        List<EventDocument> seen = [];
        for (int i = 0; i < EventReader.Room; i++)
        {
            seen.Add((await slow.NextAsync(Soon, default))!);
        }
        _log.Add("change", "s", "after");

        Assert.Equal([.. Enumerable.Range(1, EventReader.Room).Select(i => $"{i}")], seen.Select(e => e.Text));
        EventDocument lost = (await slow.NextAsync(Soon, default))!;
        Assert.Equal((EventKinds.Lost, 40L), (lost.Kind, lost.Lost));
        Assert.Equal("after", (await slow.NextAsync(Soon, default))!.Text);
        Assert.Null(await slow.NextAsync(TimeSpan.FromMilliseconds(1), default));
    }

    [Fact]
    public async Task Nobody_need_wait_for_another_event_to_hear_of_lost_ones()
    {
        using EventReader slow = _log.Open();
        for (int i = 0; i <= EventReader.Room; i++)
        {
            _log.Add("change", "s", "");
        }
        for (int i = 0; i < EventReader.Room; i++)
        {
            await slow.NextAsync(Soon, default);
        }
        Assert.Equal(1, (await slow.NextAsync(TimeSpan.FromMilliseconds(1), default))!.Lost);
    }

    [Fact]
    public async Task A_reader_takes_up_where_it_ended_and_the_log_keeps_the_latest()
    {
        for (int i = 1; i <= EventLog.Kept + 3; i++)
        {
            _log.Add("change", "s", $"{i}");
        }
        Assert.Equal((EventLog.Kept, "4"), (_log.Latest.Length, _log.Latest[0].Text));
        using EventReader reader = _log.Open(after: EventLog.Kept + 1);
        Assert.Equal($"{EventLog.Kept + 2}", (await reader.NextAsync(Soon, default))!.Text);
        Assert.Equal($"{EventLog.Kept + 3}", (await reader.NextAsync(Soon, default))!.Text);
    }
}
