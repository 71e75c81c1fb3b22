namespace Weft.Linux.Sockets;

/// <summary><c>struct cmsghdr</c> of 64-bit Linux: length (8 bytes), level, type, then data, each message aligned to 8.</summary>
internal static unsafe class ControlMessage
{
    public const int HeaderSize = 16;

    /// <summary>One message with an int.</summary>
    public const int SpaceForInt = HeaderSize + 8;

    public static int Space(int dataLength) => HeaderSize + ((dataLength + 7) & ~7);

    public static void Write(byte* at, int level, int type, int dataLength)
    {
        *(ulong*)at = (ulong)(HeaderSize + dataLength);
        *(int*)(at + 8) = level;
        *(int*)(at + 12) = type;
    }

    public static void WriteInt(byte* at, int level, int type, int value)
    {
        Write(at, level, type, sizeof(int));
        *(long*)(at + HeaderSize) = value;
    }

    /// <summary>Finds the first message of a kind; its data and their length, or null.</summary>
    public static byte* Find(in MessageHeader message, int level, int type, out int dataLength)
    {
        byte* start = (byte*)message.Control;
        nuint left = message.ControlLength;
        dataLength = 0;
        while (left >= HeaderSize)
        {
            nuint length = *(nuint*)start;
            if (length < HeaderSize || length > left)
            {
                return null;
            }
            if (*(int*)(start + 8) == level && *(int*)(start + 12) == type)
            {
                dataLength = (int)length - HeaderSize;
                return start + HeaderSize;
            }
            nuint step = Math.Min((length + 7) & ~(nuint)7, left);
            start += step;
            left -= step;
        }
        return null;
    }
}
