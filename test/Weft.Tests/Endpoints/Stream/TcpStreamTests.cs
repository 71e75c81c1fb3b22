using Weft.Tests.Linux;

namespace Weft.Tests.Endpoints.Stream;

[Collection(nameof(SeamTests))]
public sealed class TcpStreamTests : StreamContract
{
    public override EndpointRig Open() => new StreamRig(isTcp: true);
}
