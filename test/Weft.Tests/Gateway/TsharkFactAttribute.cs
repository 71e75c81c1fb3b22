namespace Weft.Tests.Gateway;

/// <summary>A test that reads what we write with tshark; skipped, with the reason, where it is not installed.</summary>
internal sealed class TsharkFactAttribute : FactAttribute
{
    public const string Path = "/usr/bin/tshark";

    public TsharkFactAttribute()
    {
        if (!File.Exists(Path))
        {
            Skip = "tshark is not installed: apt-get install tshark";
        }
    }
}
