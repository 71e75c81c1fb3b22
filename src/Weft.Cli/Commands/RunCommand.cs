using System.CommandLine;
using Weft.Cli.Client;
using Weft.Cli.Guests;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Api;
using Weft.Model.Attaching;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary>
/// <c>weft run VM -- COMMAND…</c>: the owner's command with the arguments of the VM's NICs in place. This process becomes
/// that program: terminal, standard streams, signals and exit code are its own, and nothing of weft is left.
/// </summary>
internal static class RunCommand
{
    public static Command Create(ProgramStart start)
    {
        Argument<string> vm = NameArgument.Vm("VM");
        Argument<string[]> words = new("COMMAND") { Description = "What runs the guest, without its network cards; behind '--'",
            Arity = ArgumentArity.OneOrMore };
        Option<string> purpose = new("--for") { Description = "What the command is, where its name does not say",
            HelpName = string.Join('|', AttachLines.Commands) };
        purpose.AcceptOnlyFromAmong(AttachLines.Commands);
        Command command = new("run", "Run a hypervisor with the NICs of a VM") { vm, words, purpose };
        command.SetAction(parsed =>
            Run(HomeOption.Of(parsed), parsed.GetValue(vm)!, parsed.GetValue(words)!, parsed.GetValue(purpose), start));
        return command;
    }

    private static int Run(HomeFolder home, string vm, string[] words, string? named, ProgramStart start)
    {
        string? purpose = named ?? GuestCommand.PurposeOf(words[0]);
        string path = ProgramPath.Find(words[0]) ?? throw new CommandException(new WeftError(ErrorCode.NoProgram,
            $"there is no program {words[0]}", words[0].Contains('/') ? "no file of that path can be executed" : "no folder of $PATH has it",
            purpose is null ? $"weft vm show {ShellWord.Of(vm)}" : $"weft vm args {ShellWord.Of(vm)} --for {purpose}"), ExitCode.NotFound);
        if (purpose is null || !AttachLines.Commands.Contains(purpose))
        {
            throw new CommandException(NotRunnable(vm, words[0], purpose), ExitCode.Usage);
        }
        GuestCommand command = new(purpose, [.. words]);
        string[] lines;
        using (ApiClient client = Connection.Require(home))
        {
            HypervisorHost told = command.Told with { Qemu = QemuProgram.VersionOf(purpose, path) };
            lines = client.Get(ApiPaths.ArgsOf(vm, purpose, told), ApiJson.Default.ArgsDocument).Lines;
        }
        foreach (string remark in lines.Where(AttachLines.IsRemark))
        {
            Console.Error.WriteLine(remark);
        }
        return Refused(path, start(path, command.With(AttachLines.Words(lines))), vm, purpose);
    }

    private static WeftError NotRunnable(string vm, string program, string? purpose) => purpose is null
        ? new WeftError(ErrorCode.Usage, $"nothing is known about running {program}",
            $"its name is none of a hypervisor; '--for' says what it is: {string.Join(", ", AttachLines.Commands)}",
            $"weft run {ShellWord.Of(vm)} --for {AttachLines.Commands[0]} -- {ShellWord.Of(program)}")
        : new WeftError(ErrorCode.Usage, $"{program} takes no network cards as arguments",
            $"what attaches {purpose} is for its configuration", $"weft vm args {ShellWord.Of(vm)} --for {purpose}");

    /// <param name="answer">Of a start that did not happen: a negated errno.</param>
    private static int Refused(string path, int answer, string vm, string purpose) => throw new CommandException(
        new WeftError(ErrorCode.NoProgram, $"{path} cannot be run", new System.ComponentModel.Win32Exception(-answer).Message,
            $"ls -l {ShellWord.Of(path)} && weft vm args {ShellWord.Of(vm)} --for {purpose}"), ExitCode.Failed);
}
