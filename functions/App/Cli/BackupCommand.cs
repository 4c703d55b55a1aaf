using System.CommandLine;
using Certrelay.App.Embedded;
using Certrelay.App.Embedded.Backup;
using Certrelay.Vault;

namespace Certrelay.App.Cli;

/// <summary><c>backup</c> and <c>restore</c> of a data folder with its embedded vault. Both end with 0 when it is done and with 2 when nothing was done.</summary>
internal static class BackupCommand
{
    private const int Busy = 1;
    private const int Refused = 2;
    private const int Interrupted = 130;

    private static readonly Option<string> To = new("--to") { Description = "The file to write; it must not exist.", HelpName = "file", Required = true };

    private static readonly Option<string> From = new("--from") { Description = "The backup to read.", HelpName = "file", Required = true };

    public static IEnumerable<Command> Create()
    {
        var backup = new Command("backup", "Write a data folder, encrypted with its vault's master key, to a file; also while hosts serve it.") { ServeCommand.Data, ServeCommand.SettingsFile, To };
        backup.SetAction((arguments, token) => RunAsync(arguments, "backed up", settings => Backup(settings, arguments.GetValue(To)!, token), token));
        var restore = new Command("restore", "Bring a backup into an empty data folder; the master key of that time must be at hand.") { ServeCommand.Data, ServeCommand.SettingsFile, From };
        restore.SetAction((arguments, token) => RunAsync(arguments, "restored", settings => Restore(settings, arguments.GetValue(From)!, token), token));
        return [backup, restore];
    }

    private static async Task<int> RunAsync(ParseResult arguments, string done, Func<Settings, string> work, CancellationToken cancellationToken)
    {
        try
        {
            var settings = SettingsCheck.Read(ServeCommand.Configure(arguments));
            CoreDumps.Forbid();
            if (settings.Vault.Uri is not null)
                throw new BackupRefusedException("backup.elsewhere", "The keys are in Key Vault, which has a backup of its own; docs/operations.md tells how the records are copied.");
            Console.WriteLine(await Task.Run(() => work(settings), cancellationToken));
            return 0;
        }
        catch (Transient busy)
        {
            await Console.Error.WriteLineAsync($"Nothing is {done} yet: {busy.Message}");
            return Busy;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"Cut short; nothing is {done}.");
            return Interrupted;
        }
        catch (Exception refusal) when (refusal is SettingsException or VaultRefusedException or BackupRefusedException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Nothing is {done}:{Environment.NewLine}{(refusal is BackupRefusedException known ? $"{known.Code}: " : "")}{refusal.Message}");
            return Refused;
        }
    }

    private static string Backup(Settings settings, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(Path.GetFullPath(settings.DataFolder), "certrelay.db")))
            throw new BackupRefusedException("backup.nothing", $"There is no database in {Path.GetFullPath(settings.DataFolder)}. Name the data folder with --data or in settings.");
        var data = new EmbeddedData(settings, TimeProvider.System);
        var versions = DataBackup.Write(data.Folder, data.Keys, file, TimeProvider.System, cancellationToken);
        return $"{file} holds the database and {versions} sealed files of the vault. It opens with the vault's master key alone, which is not in it: keep that apart.";
    }

    private static string Restore(Settings settings, string file, CancellationToken cancellationToken)
    {
        var data = new EmbeddedData(settings, TimeProvider.System);
        var versions = DataBackup.Restore(file, data.Folder, data.Keys, cancellationToken);
        return $"{data.Folder.Root} holds the database and {versions} sealed files of the vault. Start the host, and verify the audit trail (GET /api/audit/verify).";
    }
}
