namespace Certrelay.Fuzz;

/// <summary>Files of one upload, and the passphrase that comes with them; null: none.</summary>
internal sealed record FuzzInput(IReadOnlyList<byte[]> Files, string? Passphrase);
