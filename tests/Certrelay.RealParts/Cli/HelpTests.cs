using Certrelay.RealParts.Support;

namespace Certrelay.RealParts.Cli;

public sealed class HelpTests
{
    [Theory]
    [InlineData("serve", "--data", "--url", "--settings")]
    [InlineData("demo", "--data", "--json")]
    [InlineData("rotate-key", "--data", "--settings", "--next-key-file")]
    [InlineData("probe", "--file", "--json", "--quick", "--no-revocation", "--name", "--starttls", "--expect", "--trust", "--warn-days", "--warn-share", "--timeout", "--concurrency")]
    [InlineData("inspect", "--together", "--need-key", "--allow-self-signed", "--passphrase-file", "--store", "--at", "--json")]
    [InlineData("vault move", "--data", "--settings")]
    [InlineData("backup", "--data", "--settings", "--to")]
    [InlineData("restore", "--data", "--settings", "--from")]
    public async Task Help_of_a_verb_names_its_options(string verb, params string[] options)
    {
        using var help = CertrelayProcess.Start([.. verb.Split(' '), "--help"]);

        Assert.Equal(0, await help.ExitAsync());
        Assert.All(options, option => Assert.Contains(help.Lines, line => line.TrimStart().StartsWith(option, StringComparison.Ordinal)));
    }
}
