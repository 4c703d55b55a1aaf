using Certrelay.App.Embedded;
using Certrelay.Vault;

namespace Certrelay.App.Cli;

/// <summary>The next master key as an operator gives it, in an owner-only file or a variable; <see cref="Fault"/> says why it is of no use.</summary>
internal sealed record NextKey(string? Text, string? Fault)
{
    public bool IsGiven => Text is not null || Fault is not null;

    /// <summary>The file has precedence over the variable.</summary>
    public static NextKey Of(string? file, string? variable)
    {
        if (file is null)
            return string.IsNullOrEmpty(variable) ? new NextKey(null, null) : Checked(variable, $"{RotateKeyCommand.NextKeyVariable} is");
        try
        {
            var path = Path.GetFullPath(file);
            return OwnerOnly.FaultsOf(path).FirstOrDefault() is { } open
                ? new NextKey(null, $"{open.Message} {open.Remedy}")
                : Checked(File.ReadAllText(path), $"{path} is");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new NextKey(null, fault.Message);
        }
    }

    // Neither the record's text nor a message may show the key.
    public override string ToString() => "[next key]";

    private static NextKey Checked(string text, string subject)
    {
        using var key = MasterKey.TryParse(text);
        return key is null
            ? new NextKey(null, $"{subject} not one line of 64 hexadecimal digits. Make a key with: openssl rand -hex 32")
            : new NextKey(text.Trim(), null);
    }
}
