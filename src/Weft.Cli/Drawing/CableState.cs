namespace Weft.Cli.Drawing;

public enum CableState
{
    Up,

    /// <summary>Nobody at the guest's end.</summary>
    Down,
    Unplugged,
}
