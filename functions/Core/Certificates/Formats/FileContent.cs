namespace Certrelay.Certificates;

/// <summary>One file of an upload, or one inside an archive.</summary>
/// <param name="Place">How findings name it: <c>file 2</c>, or its name in the archive; empty for text that came alone, whose blocks are counted.</param>
/// <param name="Passphrases">What its keys may be opened with, the likeliest first.</param>
/// <param name="Budget">What opening them may cost, shared by the whole upload.</param>
internal sealed record FileContent(
    string Place, ReadOnlyMemory<byte> Bytes, IReadOnlyList<Passphrase> Passphrases, DerivationBudget Budget, bool InArchive = false)
{
    /// <summary>The place with what was found there: <c>file 2 (PKCS#12)</c>, <c>Nginx/server.key: block 1 (PRIVATE KEY)</c>.</summary>
    public string Scope(FileForm form) => $"{Place} ({form.Name})";
}
