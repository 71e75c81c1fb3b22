using System.Runtime.InteropServices;

namespace Weft.Linux.Unix;

/// <summary><c>struct ucred</c>: process, user and group at the other end of a unix socket.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct UnixPeer(int Process, uint User, uint Group);
