namespace Weft.Tests.Model;

/// <summary>Finds files of the source tree from wherever the tests run.</summary>
internal static class Repository
{
    public static string PathOf(string relative)
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Weft.slnx")))
            {
                return Path.Combine(folder.FullName, relative);
            }
        }
        throw new DirectoryNotFoundException("no Weft.slnx above the tests");
    }
}
