namespace Certrelay.App.Embedded.Backup;

/// <summary>A backup that was not made, or not restored: a stable code, and a sentence with what to do about it.</summary>
public sealed class BackupRefusedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
