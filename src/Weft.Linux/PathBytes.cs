using System.Text;

namespace Weft.Linux;

/// <summary>A path as the system wants it: UTF-8 with a zero at the end. Cold paths only.</summary>
internal static class PathBytes
{
    public static byte[] From(string path)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }
}
