using System.CommandLine;
using Weft.Cli.Completion;
using Weft.Cli.Output;

namespace Weft.Cli.Commands;

/// <summary><c>weft completion bash|zsh|fish</c> prints a script for the shell; the script calls <c>weft complete -- WORDS</c>.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        Argument<string> shell = new("SHELL") { Description = string.Join(", ", CompletionScripts.Shells) };
        shell.AcceptOnlyFromAmong(CompletionScripts.Shells);
        Command command = new("completion", "Print what makes a shell complete commands and names: source <(weft completion bash)") { shell };
        command.SetAction(parsed =>
        {
            Console.Write(CompletionScripts.For(parsed.GetValue(shell)!));
            return ExitCode.Ok;
        });
        return command;
    }

    public static Command CreateCallBack()
    {
        Argument<string[]> words = new("WORDS") { Arity = ArgumentArity.ZeroOrMore };
        Command command = new("complete", "What may stand at the end of a command line") { words };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            foreach (string word in Completions.Of(parsed.GetValue(words) ?? []))
            {
                Console.WriteLine(word);
            }
            return ExitCode.Ok;
        });
        return command;
    }
}
