using System.Security.Cryptography;
using Certrelay.Vault;

namespace Certrelay.App.Embedded;

/// <summary>Moves every file of a vault to its next master key; what was moved before a crash is skipped when it runs again. The caller holds the lock.</summary>
internal sealed class KeyMove(VaultFolder folder, MasterKeyRing ring, MasterKey next, IProgress<string>? progress, CancellationToken cancellationToken)
{
    private readonly HashSet<VaultReference> _unreadable = [];
    private int _moved;

    public VaultRotated Run()
    {
        MoveFile(folder.CheckFile, VaultFolder.CheckReference);

        // Until a whole pass finds nothing: a listing may miss an entry that a put replaces at that moment.
        int before;
        do
        {
            before = _moved;
            foreach (var reference in folder.Names().SelectMany(folder.Versions))
                MoveVersion(reference);
        }
        while (_moved > before);

        // What processes left half written when they died is under the old key; a put that loses its temporary file starts over.
        foreach (var parent in folder.Names().Select(folder.FolderOf).Prepend(folder.Root))
        {
            foreach (var temporary in AtomicFile.Temporaries(parent))
                File.Delete(temporary);
        }

        return new VaultRotated(next.Id, _moved, [.. _unreadable]);
    }

    private void MoveVersion(VaultReference reference)
    {
        try
        {
            MoveFile(folder.FileOf(reference), reference);
        }
        catch (CryptographicException)
        {
            // Neither key opens it, so keeping the old one would not help; its neighbours go on.
            _unreadable.Add(reference);
        }
    }

    private void MoveFile(string path, VaultReference reference)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (SealedFiles.Read(path) is not { } bytes)
            return;
        var envelope = Envelope.Parse(reference, bytes);
        if (string.Equals(envelope.KeyId, next.Id, StringComparison.Ordinal))
            return;
        var key = ring.Find(envelope.KeyId) ?? throw new UnknownKeyException(envelope.KeyId, string.Join(" and ", ring.Ids));
        AtomicFile.Replace(path, envelope.Rewrap(key, next), FileStamp.OwnerOnly);
        _moved++;
        progress?.Report(path);
    }
}
