using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Formats.Matrix;

/// <summary>A folder in which <c>openssl</c>, <c>keytool</c> and <c>certtool</c> make what authorities, Windows, Java and GnuTLS hand out. All keys are made here, at test time.</summary>
internal sealed class Workshop : IDisposable
{
    public const string Passphrase = "correct-horse-42";

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _keytool = [];

    public string this[string name] => _folder[name];

    public Task<string> OpenSslAsync(string arguments) => RunAsync("openssl", arguments);

    public Task<string> CerttoolAsync(string arguments) => RunAsync("certtool", arguments);

    /// <summary>Notes a command line of keytool: all of them run in one Java process, because starting one takes longer than its work.</summary>
    public void Keytool(string arguments) => _keytool.Add(string.Join('\t', Split(arguments)));

    public async Task RunKeytoolAsync()
    {
        await File.WriteAllLinesAsync(this["commands"], _keytool);
        await File.WriteAllTextAsync(this["Keytool.java"], """
            class Keytool {
                public static void main(String[] arguments) throws Exception {
                    for (var line : java.nio.file.Files.readAllLines(java.nio.file.Path.of(arguments[0])))
                        sun.security.tools.keytool.Main.main(line.split("\t"));
                }
            }
            """);
        await RealProcess.RunAsync("java", TimeSpan.FromMinutes(3), ["--add-exports", "java.base/sun.security.tools.keytool=ALL-UNNAMED", this["Keytool.java"], this["commands"]]);
    }

    public Task WriteAsync(string name, string text) => File.WriteAllTextAsync(this[name], text);

    public Task<string> ReadAsync(string name) => File.ReadAllTextAsync(this[name]);

    public byte[] Bytes(string name) => File.ReadAllBytes(this[name]);

    /// <summary>Whether <c>openssl verify</c> finds a way from the leaf to the root, for a TLS server, with these intermediates.</summary>
    /// <param name="options">Such as the identity of an SM2 signature, which no other one takes.</param>
    public async Task<bool> VerifiesAsync(string leaf, string root, string? chain, string options = "")
    {
        try
        {
            await OpenSslAsync($"verify -purpose sslserver {options} -CAfile {{{root}}} {(chain is null ? "" : $"-untrusted {{{chain}}}")} {{{leaf}}}");
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    public void Dispose() => _folder.Dispose();

    private Task<string> RunAsync(string program, string arguments) => RealProcess.RunAsync(program, TimeSpan.FromMinutes(1), Split(arguments));

    /// <summary>Words; those in braces are names of files in the folder.</summary>
    private IEnumerable<string> Split(string arguments) => arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(word => word.StartsWith('{') ? this[word.Trim('{', '}')] : word);
}
