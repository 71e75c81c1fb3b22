namespace Weft.Bench;

/// <summary>A row's turn in a round. One that fails says so and costs the others nothing.</summary>
internal static class Attempt
{
    public static void Row(string row, Action measure)
    {
        try
        {
            measure();
        }
        catch (Exception problem) when (problem is TimeoutException or InvalidOperationException)
        {
            Console.WriteLine($"{row}: not counted in this round: {problem.Message.Trim()}");
        }
    }
}
