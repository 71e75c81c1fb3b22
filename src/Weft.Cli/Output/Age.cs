using System.Globalization;

namespace Weft.Cli.Output;

/// <summary>How long ago something was, for people: one number and its unit.</summary>
internal static class Age
{
    public static string Text(TimeSpan age) => age switch
    {
        { TotalSeconds: < 1 } => "just now",
        { TotalMinutes: < 1 } => Count(age.TotalSeconds, "s"),
        { TotalHours: < 1 } => Count(age.TotalMinutes, "min"),
        { TotalDays: < 1 } => Count(age.TotalHours, "h"),
        { TotalDays: < 2 } => "1 day ago",
        _ => Count(age.TotalDays, "days"),
    };

    private static string Count(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(number)} {unit} ago");
}
