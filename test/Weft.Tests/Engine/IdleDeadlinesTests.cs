using Weft.Engine;

namespace Weft.Tests.Engine;

public sealed class IdleDeadlinesTests
{
    [Fact]
    public void The_lane_knows_a_member_only_while_it_has_a_deadline()
    {
        using Lane lane = new(new FakeReadiness(), new FakeTimeProvider());
        Member member = new();
        using IdleDeadlines deadlines = new(lane, member);
        lane.Turn(mayWait: false);
        Assert.Equal(0, member.Asked);

        member.Next = lane.Now;
        deadlines.Changed();
        deadlines.Changed();
        lane.Turn(mayWait: false);
        Assert.Equal(1, member.Ran);
        deadlines.Changed();
        int asked = member.Asked;
        lane.Turn(mayWait: false);
        Assert.Equal((asked, 1), (member.Asked, member.Ran));
    }

    private sealed class Member : IDeadlines
    {
        public int Asked { get; private set; }

        public int Ran { get; private set; }

        public long Next { get; set; } = long.MaxValue;

        public long NextDeadline
        {
            get
            {
                Asked++;
                return Next;
            }
        }

        public void OnDeadline(long now)
        {
            Ran++;
            Next = long.MaxValue;
        }
    }
}
