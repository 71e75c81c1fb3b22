namespace Weft.Model.Api;

/// <summary>Weftd's own name server, for the host.</summary>
/// <param name="Listen">"127.0.0.1:5354".</param>
/// <param name="Problem">Why it does not answer now; null: it does.</param>
/// <param name="Queries">Questions since weftd started.</param>
/// <param name="Drops">Of them those that got no answer: they could not be read, or no room was left.</param>
public sealed record NameServerDocument(string Listen, string? Problem, long Queries, long Drops);
