using System.Diagnostics;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Deployment;

/// <summary><c>infra/deploy.sh</c> with programs in the place of az, dotnet and curl that write down how they were called; bash, zip and jq are the real ones.</summary>
internal sealed class DeployScript : IDisposable
{
    public const string Token = "eyJ0eXAi.a-token-of-somebody.c2ln";

    private const string Record = """
        #!/bin/sh
        printf '%s' "${0##*/}" >> "$CALLS"
        for argument in "$@"; do printf ' %s' "$argument" >> "$CALLS"; done
        echo >> "$CALLS"

        """;

    private readonly TemporaryFolder _folder = new();

    public DeployScript()
    {
        Directory.CreateDirectory(_folder["bin"]);
        Directory.CreateDirectory(_folder["tmp"]);
        // What is published is a folder with an application in it.
        Program("dotnet", """
            while [ "$1" != -o ]; do shift; done
            mkdir -p "$2" && echo application > "$2/certrelay.dll"
            """);
        Program("az", $$$"""
            case "$*" in
              *what-if*) echo 'Resource changes: 31 to create.' ;;
              *"group create"*) echo '{"appName":{"value":"certrelay-dev-x"},"appHost":{"value":"certrelay-dev-x.azurewebsites.net"}}' ;;
              *config-zip*)
                for package in "$@"; do :; done
                unzip -l "$package" > "$CALLS.package"
                [ "$(grep -c config-zip "$CALLS")" -gt "${REFUSED_PACKAGES:-0}" ] ;;
              *get-access-token*) echo '{{{Token}}}' ;;
            esac
            """);
        Program("curl", """
            for url in "$@"; do :; done
            while [ $# -gt 1 ]; do
              case "$1" in
                -o) out="$2" ;;
                -H) cp "${2#@}" "$CALLS.header"; stat -c %a "${2#@}" > "$CALLS.mode" ;;
              esac
              shift
            done
            case "$url" in
              */healthz) printf '{"status":"unhealthy","reasons":["no heartbeat"]}' > "$out"; printf '%s' "${HEALTH:-200}" ;;
              *) printf '{"edition":"%s","version":"1.4.0"}' "${EDITION:-azure}" ;;
            esac
            """);
        Program("sleep", "");
    }

    /// <summary>Every call of a recorded program, oldest first.</summary>
    public IReadOnlyList<string> Calls => File.Exists(_folder["calls"]) ? File.ReadAllLines(_folder["calls"]) : [];

    /// <summary>The header that curl was given by a file, the file's mode, and the list of what was packed.</summary>
    public (string Header, string Mode, string Package) Left =>
        (File.ReadAllText(_folder["calls.header"]).Trim(), File.ReadAllText(_folder["calls.mode"]).Trim(), File.ReadAllText(_folder["calls.package"]));

    /// <summary>What the script left in the folder of temporary files.</summary>
    public IReadOnlyList<string> Remains => [.. Directory.EnumerateFileSystemEntries(_folder["tmp"])];

    /// <summary>Runs the script; a variable of null is not set.</summary>
    public async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, string answer = "", params (string Name, string? Value)[] variables)
    {
        var start = new ProcessStartInfo(Installed.PathOf("bash"), [Path.Combine(Repository.Root, "infra", "deploy.sh"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        (string Name, string? Value)[] usual =
        [
            ("PATH", $"{_folder["bin"]}:{start.Environment["PATH"]}"), ("CALLS", _folder["calls"]), ("TMPDIR", _folder["tmp"]),
            ("CERTRELAY_AUTH_CLIENT_ID", "4f2d"), ("CERTRELAY_ALERT_EMAIL", "ops@example.com"),
        ];
        foreach (var (name, value) in usual.Concat(variables))
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(answer);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, await output, await error);
    }

    public void Dispose() => _folder.Dispose();

    private void Program(string name, string does)
    {
        File.WriteAllText(_folder[$"bin/{name}"], Record + does + "\n");
        File.SetUnixFileMode(_folder[$"bin/{name}"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
