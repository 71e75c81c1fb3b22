using System.CommandLine;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Weft.Cli.Client;
using Weft.Model;
using Weft.Model.Api;

namespace Weft.Cli.Completion;

/// <summary>Which arguments and options take the name of something that runs, and those names. Whoever completes a line wants to
/// start nothing and to hear of no problem: then there are none.</summary>
internal static class LiveNames
{
    private static readonly ConditionalWeakTable<Symbol, Func<NameDocument, string[]>> Kinds = [];

    /// <summary>The same symbol, which now completes names.</summary>
    public static T Complete<T>(this T symbol, Func<NameDocument, string[]> kind)
        where T : Symbol
    {
        Kinds.Add(symbol, kind);
        return symbol;
    }

    public static bool TryRead(HomeFolder home, Symbol symbol, out string[] names)
    {
        names = [];
        if (!Kinds.TryGetValue(symbol, out Func<NameDocument, string[]>? kind))
        {
            return false;
        }
        try
        {
            (int status, string text) = HttpExchange.Send(home.ApiSocket, "GET", ObjectPaths.Names, null);
            names = status == 200 ? kind(Parse(text)) : [];
        }
        catch (Exception problem) when (problem is SocketException or IOException or JsonException or KeyNotFoundException
            or InvalidOperationException or ArgumentException)
        {
            // Nobody there, one of another version, or a home whose name is too long for a socket.
        }
        return true;
    }

    /// <summary>By hand: the serializer would take longer to be compiled than all the rest.</summary>
    private static NameDocument Parse(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        string[] Of(string key) => [.. document.RootElement.GetProperty(key).EnumerateArray().Select(name => name.GetString()!)];
        return new NameDocument(Of("networks"), Of("vms"), Of("nics"), Of("forwards")) { Static = Of("static"), Hosts = Of("hosts") };
    }
}
