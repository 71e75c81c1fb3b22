namespace Weft.Bench;

/// <summary>Whose code the processor was in.</summary>
internal enum CodeOwner
{
    /// <summary>Compiled from C#, by the JIT or ahead of time.</summary>
    Managed,

    /// <summary>.NET's own native code.</summary>
    Runtime,

    /// <summary>The C library, its loader, and the clock that the kernel maps.</summary>
    Libc,
    Kernel,
    Other,
}
