using System.CommandLine;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Sqlite;
using Certrelay.Vault;
using Certrelay.Vault.KeyVault;
using Microsoft.Extensions.Logging.Abstractions;

namespace Certrelay.App.Cli;

/// <summary><c>vault move</c>: brings the keys of the embedded vault to the Key Vault that the settings name. Ends with 0 when all are there, 1 when some could not be opened, 2 when nothing was begun.</summary>
internal static class VaultCommand
{
    private const int SomethingLeft = 1;
    private const int Refused = 2;
    private const int Interrupted = 130;

    public static Command Create()
    {
        var move = new Command("move", "Bring the keys of the embedded vault to the Key Vault that Vault:Uri names. Stop the host before.")
        {
            ServeCommand.Data,
            ServeCommand.SettingsFile,
        };
        move.SetAction(MoveAsync);
        return new Command("vault", "Work on the vault as a whole.") { move };
    }

    private static async Task<int> MoveAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            var settings = SettingsCheck.Read(ServeCommand.Configure(arguments));
            CoreDumps.Forbid();
            if (settings.Vault.ToKeyVault() is not { } elsewhere)
                return await RefuseAsync("No Key Vault is named. Set Vault:Uri, and keep the settings of the embedded vault until the keys are moved.");
            var vault = Path.Combine(Path.GetFullPath(settings.DataFolder), DataFolder.VaultName);
            if (!Directory.Exists(vault))
                return await RefuseAsync($"There is no vault in {Path.GetDirectoryName(vault)}. Name the data folder with --data or in settings.");
            var data = new EmbeddedData(settings, TimeProvider.System);
            using var alone = ServingMark.TakeAlone(data.Folder);
            if (alone is null)
                return await RefuseAsync($"A host serves {data.Folder.Root}. Stop it first, and start it again afterwards.");
            return await MoveAsync(data, elsewhere, cancellationToken);
        }
        catch (Exception refusal) when (refusal is SettingsException or VaultRefusedException or Permanent)
        {
            return await RefuseAsync(refusal.Message);
        }
        catch (Transient away)
        {
            await Console.Error.WriteLineAsync($"{away.Message} The embedded vault is as it was; run vault move again.");
            return SomethingLeft;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Cut short. The embedded vault is as it was; run vault move again to finish.");
            return Interrupted;
        }
    }

    private static async Task<int> MoveAsync(EmbeddedData data, KeyVaultOptions elsewhere, CancellationToken cancellationToken)
    {
        using var target = new AzureKeyVault(KeyVaultClient.Create(elsewhere), TimeProvider.System, NullLogger<AzureKeyVault>.Instance);
        await using var database = await data.Database;
        var move = new VaultMove(await data.Vault, target, new SqliteRecordStore(database), TimeProvider.System);
        var moved = await move.RunAsync(new Progress(), cancellationToken);

        Console.WriteLine($"{moved.Versions} versions are in {elsewhere.Address} and were read back from there; {moved.Records} records name them there.");
        foreach (var lost in moved.Unreadable)
            Console.WriteLine($"Unreadable before and after: version {lost.Version} of {lost.Name}");
        var kept = $"{data.Folder.Vault}-moved-{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}";
        Directory.Move(data.Folder.Vault, kept);
        Console.WriteLine($"The embedded vault is kept in {kept}. Start the host, look at a rollout, then destroy that folder, the master key and their backups.");
        return moved.Unreadable.Count == 0 ? 0 : SomethingLeft;
    }

    private static async Task<int> RefuseAsync(string why)
    {
        await Console.Error.WriteLineAsync($"The keys are not moved:{Environment.NewLine}{why}");
        return Refused;
    }

    /// <summary>A line for every hundred versions.</summary>
    private sealed class Progress : IProgress<int>
    {
        private int _told;

        public void Report(int value)
        {
            if (value / 100 <= _told)
                return;
            _told = value / 100;
            Console.WriteLine($"Moved {value} versions");
        }
    }
}
