namespace Weft.Lab;

/// <summary>A scene that is played once for each row of its data, and skipped as a <see cref="SceneAttribute"/> is.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ScenesAttribute : TheoryAttribute
{
    public ScenesAttribute(Needs needs = Needs.Nothing) => Skip = Lack.Of(needs);
}
