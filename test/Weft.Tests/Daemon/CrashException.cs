namespace Weft.Tests.Daemon;

/// <summary>The process dies here; nothing that follows has an effect.</summary>
internal sealed class CrashException : Exception;
