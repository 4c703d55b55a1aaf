using System.Runtime.InteropServices;

namespace Certrelay.App.Cli.Demo;

/// <summary>How to start this very program once more, whichever way it was started.</summary>
internal static class OwnProgram
{
    /// <summary>Program and arguments for a command of the settings.</summary>
    public static IReadOnlyList<string> Argv(params IReadOnlyList<string> arguments)
    {
        // The launcher beside the assembly may need DOTNET_ROOT to find the runtime, and a command's environment does not have it.
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var runtime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        var assembly = Path.Combine(AppContext.BaseDirectory, $"{typeof(OwnProgram).Assembly.GetName().Name}.dll");
        return File.Exists(runtime) && File.Exists(assembly) ? [runtime, assembly, .. arguments] : [Environment.ProcessPath!, .. arguments];
    }
}
