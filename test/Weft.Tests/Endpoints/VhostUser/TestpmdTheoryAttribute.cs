namespace Weft.Tests.Endpoints.VhostUser;

/// <summary>Runs where DPDK's testpmd is installed (Debian: dpdk-dev) or named by WEFT_TESTPMD.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TestpmdTheoryAttribute : TheoryAttribute
{
    public TestpmdTheoryAttribute()
    {
        if (Program is null)
        {
            Skip = "dpdk-testpmd is missing; try: sudo apt-get install dpdk-dev";
        }
    }

    public static string? Program { get; } = ((string?[])[Environment.GetEnvironmentVariable("WEFT_TESTPMD"), "/usr/bin/dpdk-testpmd"]).FirstOrDefault(File.Exists);
}
