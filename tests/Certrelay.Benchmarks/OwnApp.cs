using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Certrelay.Benchmarks;

/// <summary>The product as one deploys it, compiled ahead of time (ReadyToRun).</summary>
internal static class OwnApp
{
    /// <summary>Publishes into a folder and returns the path of its assembly.</summary>
    public static async Task<string> PublishAsync(string output)
    {
        await ProgramRun.OutputAsync(
            "dotnet",
            [
                "publish", Path.Combine(Root().FullName, "functions", "App"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "--self-contained", "false",
                "-p:PublishReadyToRun=true", "-p:NuGetLockFilePath=obj/publish.lock.json", "-o", output, "-v", "q",
            ]);
        return Path.Combine(output, "certrelay.dll");
    }

    /// <summary>The folder of the repository.</summary>
    public static DirectoryInfo Root()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Serverless.sln")))
            root = root.Parent ?? throw new InvalidOperationException("The benchmarks run outside the repository.");
        return root;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
