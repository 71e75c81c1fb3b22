namespace Weft.Cli.Output;

/// <summary>What <c>weft</c> tells its caller.</summary>
public static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Conflict = 4;
    public const int Permission = 5;
    public const int NotRunning = 6;
    public const int Degraded = 7;

    /// <summary>The exit code for a refusal of the API.</summary>
    public static int OfHttp(int status) => status switch
    {
        400 => Usage,
        403 => Permission,
        404 => NotFound,
        409 => Conflict,
        503 => NotRunning,
        _ => Failed,
    };
}
