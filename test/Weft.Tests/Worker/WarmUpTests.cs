using Weft.Worker;

namespace Weft.Tests.Worker;

/// <summary>A standby that cannot warm up ends, and takeovers are cold without a word: so it is tried here, whole.</summary>
public sealed class WarmUpTests
{
    [Fact]
    public void A_standby_compiles_everything_ahead() => WarmUp.Run(() => false);
}
