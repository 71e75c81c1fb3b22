using System.CommandLine;
using Weft.Cli.Completion;
using Weft.Cli.Output;
using Weft.Model;
using Weft.Model.Errors;

namespace Weft.Cli.Commands;

/// <summary>Arguments that name something; each completes what there is of its kind.</summary>
internal static class NameArgument
{
    public static Argument<string> Network(string name = "NAME", string description = "The network's name") =>
        new Argument<string>(name) { Description = description }.Complete(names => names.Networks);

    public static Argument<string> Vm(string name = "NAME", string description = "The VM's name") =>
        new Argument<string>(name) { Description = description }.Complete(names => names.Vms);

    public static Argument<string> Nic() =>
        new Argument<string>("VM:N") { Description = "NIC number N of a VM, like alpha:1" }.Complete(names => names.Nics);

    /// <summary>A static name of a network.</summary>
    public static Argument<string> Static(string description) => new Argument<string>("NAME") { Description = description }.Complete(names => names.Static);

    /// <summary>A name that is to be given.</summary>
    public static Argument<string> New(string what) =>
        new("NAME") { Description = $"The {what}'s name: 1 to {Names.MaxLength} of a-z, 0-9 and '-'" };

    public static Argument<string[]> Settings(string example, bool mayBeNone = false) => new("KEY=VALUE")
    {
        Arity = mayBeNone ? ArgumentArity.ZeroOrMore : ArgumentArity.OneOrMore,
        Description = $"A key of a topology file and its value, like {example}; no value: as if it had not been named",
    };

    /// <summary>Takes "alpha:1" apart.</summary>
    /// <param name="verb">Of <c>weft nic</c>, for the way out.</param>
    public static (string Vm, int Number) Split(string nic, string verb) => Names.TryParseNic(nic, out string vm, out int number)
        ? (vm, number)
        : throw new CommandException(new WeftError(ErrorCode.Usage, $"'{nic}' names no NIC",
            $"a NIC is named by VM:N, N from 1 to {Model.Vm.MaxNics}", $"weft nic {verb} alpha:1"), ExitCode.Usage);
}
