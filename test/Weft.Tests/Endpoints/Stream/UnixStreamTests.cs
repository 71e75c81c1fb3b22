using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.Stream;

[Collection(nameof(SeamTests))]
public sealed class UnixStreamTests : StreamContract
{
    public override EndpointRig Open() => new StreamRig(isTcp: false);
}
