using System.Globalization;
using Weft.Model.Attaching;

namespace Weft.Model.Api;

/// <summary>The addresses of the API, as client and daemon both need them.</summary>
public static class ApiPaths
{
    public const string Version = "v1";
    public const string Up = "/v1/up";
    public const string Down = "/v1/down";
    public const string Status = "/v1/status";
    public const string Forwards = "/v1/forwards";
    public const string Shutdown = "/v1/shutdown";
    public const string Plug = "/v1/vms/{vm}/nics/{number}/plug";
    public const string Unplug = "/v1/vms/{vm}/nics/{number}/unplug";
    public const string Why = "/v1/why";
    public const string Args = "/v1/vms/{vm}/args";
    public const string Apply = "/v1/apply";
    public const string Plan = "/v1/plan";
    public const string Export = "/v1/export";
    public const string History = "/v1/history";
    public const string Change = "/v1/history/{number}";
    public const string Undo = "/v1/undo";

    public static string ChangeOf(long number) => string.Create(CultureInfo.InvariantCulture, $"{History}/{number}");

    /// <param name="number">Of a change; null for the last.</param>
    public static string UndoOf(long? number) => number is null ? Undo : string.Create(CultureInfo.InvariantCulture, $"{Undo}?change={number}");

    public const string Captures = "/v1/captures";
    public const string Capture = "/v1/captures/{id}";

    /// <summary>Server-sent events.</summary>
    public const string Events = "/v1/events";
    public const string EventLog = "/v1/events/latest";

    /// <summary>Prometheus' text format.</summary>
    public const string Metrics = "/metrics";

    /// <summary>OpenAPI 3.1.</summary>
    public const string Description = "/v1/openapi.json";

    public static string CaptureOf(int id) => $"{Captures}/{id}";

    public static string PlugOf(string vm, int number, bool plugged) => $"/v1/vms/{vm}/nics/{number}/{(plugged ? "plug" : "unplug")}";

    /// <param name="told">What the guest's own command says; null: there is none.</param>
    public static string ArgsOf(string vm, string purpose, HypervisorHost? told = null) =>
        $"/v1/vms/{Uri.EscapeDataString(vm)}/args?for={Uri.EscapeDataString(purpose)}" +
        $"{(told?.Memory is { } memory ? string.Create(CultureInfo.InvariantCulture, $"&memory={memory}") : "")}" +
        $"{(told?.Qemu is { } qemu ? $"&qemu={qemu}" : "")}" +
        $"{(told?.Accelerated is { } accelerated ? $"&accelerated={(accelerated ? "true" : "false")}" : "")}";

    public static string WhyOf(string from, string to, string protocol) =>
        $"{Why}?from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}&for={Uri.EscapeDataString(protocol)}";

    public static string ForwardOf(string key) => $"{Forwards}?forward={Uri.EscapeDataString(key)}";
}
