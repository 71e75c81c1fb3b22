using System.Reflection;
using System.Text.RegularExpressions;
using Weft.Model.Errors;
using Weft.Tests.Model;

namespace Weft.Tests.Cli.Tries;

/// <summary>
/// Every error is provoked, its <c>try:</c> line is copied to a shell, and that helps: afterwards the command succeeds, or the line
/// did what was meant, or said what there is to know.
/// </summary>
[Collection(nameof(CommandLineTests))]
public sealed partial class TryLineTests
{
    /// <summary>Where processes of its own are needed, another user, or a disk.</summary>
    private const string Scene = "lab/Weft.Lab/BadInput/TryLineScene.cs";

    private static readonly Provocation[] All = [.. BadFiles.All, .. BadFiles.OddNames, .. BadCommands.All, .. Faults.All];

    /// <summary>Not provoked by a command, and why.</summary>
    private static readonly Dictionary<string, string> NotTyped = new()
    {
        [ErrorCode.UnknownForward] = "no command ends in it any more: 'forward rm' notes that there is nothing to do. The code keeps its meaning.",
        [ErrorCode.BadRequest] = "of the API alone: the command line writes no such request (ApiTests, SeeingTests; TryLine.Checked)",
        [ErrorCode.UnknownCapture] = "of the API alone: no command names a capture by its number (SeeingTests; TryLine.Checked)",
        [ErrorCode.Busy] = "needs hundreds of changes at once: ApiLoadTests; its line is the same again",
        [ErrorCode.WorkerUnreachable] = "the worker would have to die three times within one change; its line is 'weft status', as of StepFailed",
        [ErrorCode.RunFolderFull] = "needs a disk of its own: FullDiskScene, at tier ci; its line is df of the home, then the command again",
    };

    public static TheoryData<int, string> Provocations()
    {
        TheoryData<int, string> data = [];
        for (int i = 0; i < All.Length; i++)
        {
            data.Add(i, All[i].ToString());
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Provocations))]
    public void What_it_says_to_try_helps(int number, string name)
    {
        Provocation provocation = All[number];
        using TryStage stage = new();
        provocation.Arrange?.Invoke(stage);
        (int code, _, string error) = stage.Weft(provocation.Command);
        Assert.StartsWith($"error {provocation.Code}: ", error);
        Assert.NotEqual(0, code);
        string line = error.Split('\n')[^2]["try: ".Length..];
        TryLine.Check(line);
        stage.AwaitOthers();
        provocation.Meanwhile?.Invoke(stage);

        (int exit, string said) = stage.Shell(line);

        if (provocation.Says is { } says)
        {
            Assert.Contains(says, said);
            return;
        }
        Assert.True(exit == 0, $"{name}\n{error}{said}");
        if (!provocation.Instead)
        {
            (int again, _, string still) = stage.Weft(provocation.Command);
            Assert.True(again == 0, $"{name}\ntry: {line}\n{said}{still}");
        }
    }

    [Fact]
    public void Every_error_is_provoked_or_it_is_said_why_not()
    {
        FieldInfo[] codes = [.. typeof(ErrorCode).GetFields(BindingFlags.Public | BindingFlags.Static)];
        string[] inScene = [.. NamedInScene().Matches(File.ReadAllText(Repository.PathOf(Scene))).Select(m => m.Groups[1].Value)];
        string[] missing = [.. codes.Where(f => !inScene.Contains(f.Name)).Select(f => (string)f.GetRawConstantValue()!).Except(All.Select(p => p.Code)).Except(NotTyped.Keys)];

        Assert.True(missing.Length == 0, $"nothing provokes {string.Join(", ", missing)}");
        Assert.Empty(NotTyped.Keys.Intersect(All.Select(p => p.Code)));
    }

    [GeneratedRegex(@"ErrorCode\.(\w+)")]
    private static partial Regex NamedInScene();
}
