using System.Net.Sockets;
using Weft.Daemon.Workers;
using Weft.Engine.Cables;
using Weft.Model;
using Weft.Model.Captures;
using Weft.Wire;

namespace Weft.Daemon.Captures;

/// <summary>A filter as the model has it, as the program that a lane runs.</summary>
internal static class FilterPrograms
{
    private const int MappedBits = 96;

    public static FilterProgram Of(Items<FilterTerm> terms)
    {
        FilterProgram program = default;
        for (int i = 0; i < terms.Count; i++)
        {
            program[i] = Of(terms[i]);
        }
        return program;
    }

    private static FilterStep Of(FilterTerm term) => new()
    {
        Operation = (FilterOperation)term.Kind,
        Number = (ushort)term.Number,
        Prefix = (byte)(term.Prefix + (term.Address?.AddressFamily == AddressFamily.InterNetwork ? MappedBits : 0)),
        Address = term.Mac is null ? Records.Address(term.Address) : new IpAddress(0, Records.Mac(term.Mac).Value),
    };
}
