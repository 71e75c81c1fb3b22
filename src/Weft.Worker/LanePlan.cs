using System.Globalization;
using Weft.Linux.Processes;

namespace Weft.Worker;

/// <summary>
/// How many lanes a worker has, and on which processors: <c>state/lanes</c>, written by <c>weft up --lanes N --pin LIST</c>:
/// the number, then the processor of each lane that is kept on one. The number counts when the shared memory is made, since
/// flows lie in their lane's part of it; processors count at each start.
/// </summary>
internal sealed record LanePlan(int Count, IReadOnlyList<int> Pins)
{
    public const int Most = 16;

    public static LanePlan Read(string home)
    {
        int[] numbers = [];
        try
        {
            string text = File.ReadAllText(Path.Combine(home, "state", "lanes"));
            numbers = [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
                .Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // Nobody asked for more than one.
        }
        return numbers.Length == 0 || numbers[0] < 1 ? new LanePlan(1, []) : new LanePlan(Math.Min(numbers[0], Most), numbers[1..]);
    }

    /// <summary>Keeps the calling thread on the processor of lane <paramref name="number"/>, when it has one.</summary>
    public void PinLane(int number)
    {
        int result = number < Pins.Count ? ThreadPin.Pin(Pins[number]) : 0;
        if (result < 0)
        {
            Console.Error.WriteLine($"weft worker: lane {number} cannot be kept on processor {Pins[number]}: errno {-result}");
        }
    }
}
