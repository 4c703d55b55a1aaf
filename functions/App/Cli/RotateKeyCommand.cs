using System.CommandLine;
using Certrelay.App.Embedded;
using Certrelay.Vault;

namespace Certrelay.App.Cli;

/// <summary><c>rotate-key</c>: brings the embedded vault to a new master key, also while it is served; cut short, it is run again.</summary>
internal static class RotateKeyCommand
{
    /// <summary>Holds the next key where the present one comes from the settings too.</summary>
    public const string NextKeyVariable = "CERTRELAY_NEXT_MASTER_KEY";

    private const int SomethingLeft = 1;
    private const int Refused = 2;
    private const int Interrupted = 130;

    private static readonly Option<string?> NextKeyFile = new("--next-key-file")
    {
        Description = $"The next key where the present one is a setting: an owner-only file of 64 hexadecimal digits. Or set {NextKeyVariable}.",
        HelpName = "file",
    };

    public static Command Create()
    {
        var command = new Command("rotate-key", "Bring the embedded vault to a new master key; the former one opens nothing afterwards.")
        {
            ServeCommand.Data,
            ServeCommand.SettingsFile,
            NextKeyFile,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            var settings = SettingsCheck.Read(ServeCommand.Configure(arguments));
            CoreDumps.Forbid();
            var vault = Path.Combine(Path.GetFullPath(settings.DataFolder), DataFolder.VaultName);
            if (!Directory.Exists(vault))
                return await RefuseAsync($"There is no vault in {Path.GetDirectoryName(vault)}. Name the data folder with --data or in settings.");
            var next = NextKey.Of(arguments.GetValue(NextKeyFile), Environment.GetEnvironmentVariable(NextKeyVariable));
            return settings.Vault.MasterKey is { } present
                ? await RotateSettingAsync(vault, present, next, cancellationToken)
                : await RotateFileAsync(vault, settings, next, cancellationToken);
        }
        catch (Exception refusal) when (refusal is SettingsException or VaultRefusedException or Permanent)
        {
            return await RefuseAsync(refusal.Message);
        }
        catch (Transient busy)
        {
            await Console.Error.WriteLineAsync($"{busy.Message} The vault works as it is; run rotate-key again.");
            return SomethingLeft;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Cut short. The vault works as it is; run rotate-key again to finish with the same key.");
            return Interrupted;
        }
    }

    private static async Task<int> RotateFileAsync(string vault, Settings settings, NextKey next, CancellationToken cancellationToken)
    {
        if (next.IsGiven)
            return await RefuseAsync("The master key is a file, which gets a new random key; a next one is given only where it is a setting.");
        var keys = new MasterKeyFile(settings.Vault.MasterKeyFile ?? new DataFolder(settings.DataFolder).MasterKey);
        if (keys.IsRotating)
            Console.WriteLine("Finishing a rotation that was cut short.");
        var rotated = await VaultRotation.RotateAsync(vault, keys, TimeProvider.System, new RotationProgress(vault, Console.Out), cancellationToken);
        return Report(rotated, []);
    }

    private static async Task<int> RotateSettingAsync(string vault, string present, NextKey next, CancellationToken cancellationToken)
    {
        if (next.Fault is { } fault)
            return await RefuseAsync(fault);
        if (next.Text is not { } text)
        {
            return await RefuseAsync(
                $"The master key is a setting (Vault:MasterKey): give the next one with --next-key-file or in {NextKeyVariable}. " +
                "Make one with: openssl rand -hex 32");
        }

        var progress = new RotationProgress(vault, Console.Out);
        var rotated = await VaultRotation.RotateAsync(vault, present, text, TimeProvider.System, progress, cancellationToken);
        return Report(rotated, ["Now set Vault:MasterKey to the next key alone, everywhere; what runs with the former key alone can open nothing."]);
    }

    private static int Report(VaultRotated rotated, IEnumerable<string> next)
    {
        Console.WriteLine($"The vault has the master key {rotated.KeyId} now; {rotated.Moved} files were moved to it.");
        foreach (var line in next)
            Console.WriteLine(line);
        foreach (var lost in rotated.Unreadable)
            Console.WriteLine($"Unreadable before and after: version {lost.Version} of {lost.Name}");
        return rotated.Unreadable.Count == 0 ? 0 : SomethingLeft;
    }

    private static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync($"The master key is not rotated:{Environment.NewLine}{why}");
        return Refused;
    }
}
