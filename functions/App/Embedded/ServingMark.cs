using Microsoft.Extensions.Hosting;

namespace Certrelay.App.Embedded;

/// <summary>
/// Shows other processes that this one serves a data folder: a shared lock on a file, which the system drops when the process dies. What must have the folder to itself
/// takes the lock alone.
/// </summary>
public sealed class ServingMark(DataFolder folder) : IHostedService, IDisposable
{
    private FileStream? _held;

    /// <summary>Throws <see cref="IOException"/> while somebody has the folder to itself.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _held ??= Take(folder, FileAccess.Read, FileShare.Read) ?? throw new IOException($"Another process has the data folder {folder.Root} to itself; it is moving or restoring what is in it.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _held?.Dispose();
        _held = null;
    }

    /// <summary>The folder for the caller alone until it disposes the result; null while a process serves it.</summary>
    internal static FileStream? TakeAlone(DataFolder folder) => Take(folder, FileAccess.ReadWrite, FileShare.None);

    private static FileStream? Take(DataFolder folder, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = access, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileStamp.OwnerOnly.Mode;
        try
        {
            return new FileStream(folder.ServingMark, options);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
