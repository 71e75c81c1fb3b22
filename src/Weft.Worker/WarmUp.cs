using System.Reflection;
using System.Runtime.CompilerServices;

namespace Weft.Worker;

/// <summary>
/// Compiles ahead what a takeover will run, while a standby waits: a warm takeover then takes 2 ms where a cold one takes 20.
/// A worker that had no time for it does so beside its lane: else the first forward, the first network, the first cable each
/// stop the frames of all guests for 5 to 30 ms while their methods are compiled.
/// </summary>
internal static class WarmUp
{
    private static readonly TimeSpan BesideAfter = TimeSpan.FromSeconds(2);

    private static readonly Type[] Rooms =
    [
        typeof(Wire.MacAddress), typeof(Engine.Lane), typeof(Linux.Errno), typeof(Switching.Switch), typeof(Gateway.Gateway),
        typeof(Endpoints.Tap.TapEndpoint), typeof(WarmUp),
    ];

    /// <param name="isOver">Asked between types: a takeover does not wait for what is left.</param>
    public static void Run(Func<bool> isOver)
    {
        Rehearsal.Play();
        Compile(isOver);
    }

    /// <summary>
    /// Compiles on another thread, once the lane has begun its work. Not with less priority: who waits for a method that is being
    /// compiled waits for whoever compiles it. No rehearsal: its system calls would be counted among the lane's.
    /// </summary>
    public static void StartBeside() => new Thread(CompileBeside) { IsBackground = true, Name = "warm-up" }.Start();

    private static void CompileBeside()
    {
        Thread.Sleep(BesideAfter);
        Compile(() => false);
    }

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "What was trimmed away needs no compiling.")]
    private static void Compile(Func<bool> isOver)
    {
        foreach (Type room in Rooms)
        {
            foreach (Type type in room.Assembly.GetTypes())
            {
                if (isOver())
                {
                    return;
                }
                Prepare(type);
            }
        }
    }

    [System.Diagnostics.CodeAnalysis.UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "What was trimmed away needs no compiling.")]
    private static void Prepare(Type type)
    {
        if (type.ContainsGenericParameters)
        {
            return;
        }
        const BindingFlags All = BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (MethodBase method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
        {
            // What the runtime implements itself (a delegate's Invoke and BeginInvoke) is not there to be compiled.
            if (!method.IsAbstract && !method.ContainsGenericParameters && (method.Attributes & MethodAttributes.PinvokeImpl) == 0 &&
                (method.MethodImplementationFlags & MethodImplAttributes.Runtime) == 0)
            {
                RuntimeHelpers.PrepareMethod(method.MethodHandle);
            }
        }
    }
}
