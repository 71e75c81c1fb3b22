using System.Reflection;
using Weft.Model;
using Xunit.Sdk;

namespace Weft.Lab;

/// <summary>The ways in that a User-Mode Linux guest can take, as a topology writes them: a scene about guests is played for each.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class WaysInAttribute : DataAttribute
{
    private static readonly AttachmentKind[] OfUml = [AttachmentKind.Seqpacket, AttachmentKind.VhostUser];

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => OfUml.Select(kind => new object[] { kind.Word() });
}
