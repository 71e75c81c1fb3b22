using Weft.Cli.Watching;

namespace Weft.Tests.Cli;

public sealed class LogFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void It_gives_whole_lines_as_they_come_and_follows_a_file_that_is_cut_or_replaced()
    {
        LogFile log = new("worker", _path);
        File.WriteAllText(_path, "2026-11-21T10:00:00.000Z one\nand more\n2026-11-21T10:00:01.000Z tw");
        Assert.Equal([new LogLine("2026-11-21T10:00:00.000Z", "worker", "one"), new LogLine("2026-11-21T10:00:00.000Z", "worker", "and more")], log.Read());
        File.AppendAllText(_path, "o\n");
        Assert.Equal(["two"], log.Read().Select(l => l.Text));
        Assert.Empty(log.Read());

        File.WriteAllText(_path, "2026-11-21T10:00:02.000Z short\n");
        Assert.Equal(["short"], log.Read().Select(l => l.Text));

        string next = _path + ".next";
        File.WriteAllText(next, "2026-11-21T11:00:00.000Z another file, longer than the one before it was\n");
        File.Move(next, _path, overwrite: true);
        Assert.Equal(["another file, longer than the one before it was"], log.Read().Select(l => l.Text));
    }

    [Fact]
    public void No_file_is_no_line_until_there_is_one()
    {
        File.Delete(_path);
        LogFile log = new("keeper", _path);
        Assert.Empty(log.Read());
        File.WriteAllText(_path, "2026-11-21T10:00:00.000Z hello\n");
        Assert.Equal("2026-11-21T10:00:00.000Z keeper hello", Assert.Single(log.Read()).ToString());
    }
}
