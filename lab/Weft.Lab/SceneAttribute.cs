namespace Weft.Lab;

/// <summary>A scene that is skipped, with the command that would help, where the machine lacks what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SceneAttribute : FactAttribute
{
    public SceneAttribute(Needs needs = Needs.Nothing) => Skip = Lack.Of(needs);
}
