using Weft.Gateway.Nat.Tcp;

namespace Weft.Tests.Gateway.Nat.Tcp;

/// <summary>The scoreboard against a plain model.</summary>
public sealed class SackBoardsTests
{
    private static readonly uint Start = 0xffff_ff00;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void It_never_claims_what_was_not_reported_and_finds_every_hole(int seed)
    {
        var random = new Random(seed);
        using var boards = new SackBoards(1);
        short board = boards.Rent();
        var arrived = new bool[1000];
        uint una = 0;
        for (int step = 0; step < 500; step++)
        {
            int from = random.Next((int)una + 1, 950);
            int to = from + random.Next(1, 50);
            boards.Add(board, Start + (uint)from, Start + (uint)to);
            arrived.AsSpan(from, to - from).Fill(true);
            if (random.Next(20) == 0)
            {
                una = Math.Min(900, una + (uint)random.Next(40));
                boards.Trim(board, Start + una);
            }
            if (!boards.IsEmpty(board))
            {
                Check(boards, board, arrived, una);
            }
        }
    }

    [Fact]
    public void Boards_run_out_and_come_back()
    {
        using var boards = new SackBoards(2);
        short first = boards.Rent();
        boards.Rent();
        Assert.Equal(-1, boards.Rent());
        boards.Add(first, 10, 20);
        boards.Return(first);
        Assert.Equal(first, boards.Rent());
        Assert.True(boards.IsEmpty(first));
        Assert.Equal(2, boards.InUse);
    }

    private static void Check(SackBoards boards, short board, bool[] arrived, uint una)
    {
        uint from = Start + una;
        uint highest = boards.Highest(board);
        while (boards.TryNextHole(board, from, out uint start, out uint end))
        {
            Assert.True((int)(end - start) > 0 && (int)(start - from) >= 0 && (int)(end - highest) < 0);
            for (uint at = from; at != start; at++)
            {
                Assert.True(arrived[at - Start], "called arrived what was not reported");
            }
            from = end;
        }
    }
}
