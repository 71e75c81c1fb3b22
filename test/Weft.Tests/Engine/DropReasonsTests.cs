using Weft.Engine;

namespace Weft.Tests.Engine;

public sealed class DropReasonsTests
{
    public static TheoryData<DropReason> All => [.. Enum.GetValues<DropReason>().Where(reason => reason != DropReason.Count)];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_reason_has_its_words(DropReason reason)
    {
        DropReasonText? text = DropReasons.Of(reason);
        Assert.True(text is not null, $"{reason} has no text in DropReasons");
        Assert.All([text.Name, text.Text, text.Cause, text.Try], word => Assert.False(string.IsNullOrWhiteSpace(word)));
        Assert.Matches("^[a-z]+(-[a-z]+)*$", text.Name);
        Assert.Equal(reason == DropReason.None, text.Name == DropReasons.Of(DropReason.None).Name);
    }

    [Fact]
    public void Names_are_those_of_the_enum_and_differ()
    {
        DropReason[] reasons = [.. Enum.GetValues<DropReason>().Where(reason => reason is not (DropReason.Count or DropReason.None))];
        Assert.All(reasons, reason => Assert.Equal(reason.ToString().ToLowerInvariant(), DropReasons.Of(reason).Name.Replace("-", "")));
        Assert.Equal(reasons.Length, reasons.Select(reason => DropReasons.Of(reason).Text).Distinct().Count());
    }
}
