namespace Weft.Tests.Simulation;

/// <summary>Thrown out of a simulated system call in place of a kill -9: the test catches it, drops the worker's objects and starts the next.</summary>
internal sealed class WorkerKilled(int call) : Exception($"killed at call {call}");
