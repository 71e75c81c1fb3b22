namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Where a layout cuts a buffer that begins with the header.</summary>
internal static class BufferCuts
{
    private const int Page = 4096;
    private const int FirstBytes = 66;
    private const int Pieces = 17;

    public static bool IsIndirect(ChainLayout layout) => layout >= ChainLayout.IndirectOne;

    /// <summary>Lengths of the pieces of <paramref name="bytes"/> bytes, header included.</summary>
    public static List<int> Of(ChainLayout layout, int bytes, int headerSize = NetHeader.Size)
    {
        List<int> cuts = [];
        int left = bytes;
        switch (layout)
        {
            case ChainLayout.OneDescriptor or ChainLayout.IndirectOne:
                Cut(left);
                break;
            case ChainLayout.HeaderApart:
                Cut(headerSize);
                Cut(left);
                break;
            case ChainLayout.HeadAndPages or ChainLayout.IndirectPages:
                Cut(headerSize);
                Cut(FirstBytes);
                CutEvery(Page);
                break;
            case ChainLayout.ManyPieces or ChainLayout.IndirectMany:
                Cut(5);
                Cut(headerSize - 5);
                Cut(7);
                CutEvery(Math.Max(left / (Pieces - 4), 1) + 1);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(layout));
        }
        return cuts;

        void Cut(int length)
        {
            length = Math.Min(length, left);
            if (length > 0)
            {
                cuts.Add(length);
                left -= length;
            }
        }

        void CutEvery(int length)
        {
            while (left > 0)
            {
                Cut(length);
            }
        }
    }
}
