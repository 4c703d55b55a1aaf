using System.Diagnostics;
using System.Text;

namespace Certrelay.Tests.Support;

/// <summary>A temporary folder in which the <c>openssl</c> program makes what the framework cannot.</summary>
internal sealed class OpenSslFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-openssl-");

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text, Encoding.ASCII);

    public string Read(string name) => File.ReadAllText(Path.Combine(_folder.FullName, name), Encoding.ASCII);

    public byte[] ReadBytes(string name) => File.ReadAllBytes(Path.Combine(_folder.FullName, name));

    /// <summary>Runs <c>openssl</c> with arguments split at spaces and returns what it printed; throws with its complaint when it fails.</summary>
    public string Run(string arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments.Split(' '))
        {
            UseShellExecute = false,
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var complaint = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode is 0 ? output : throw new InvalidOperationException($"openssl {arguments}: {complaint.Result}");
    }

    /// <summary>Runs one command whose only result is what it prints.</summary>
    public static string Print(string arguments)
    {
        using var folder = new OpenSslFolder();
        return folder.Run(arguments);
    }

    /// <summary>Rewrites a private key: <c>pkcs8 -topk8 -passout pass:x</c>.</summary>
    public static string Convert(string pem, string arguments)
    {
        using var folder = new OpenSslFolder();
        folder.Write("key.pem", pem);
        return folder.Run($"{arguments} -in key.pem");
    }

    /// <summary>A self-signed certificate followed by its key, as laboratories make it: <c>-newkey rsa:2048</c> and whatever else is given.</summary>
    public static string Laboratory(string arguments)
    {
        using var folder = new OpenSslFolder();
        folder.Run($"req -x509 -nodes -days 3650 -subj /CN=lab.example.test -keyout key.pem -out certificate.pem {arguments}");
        return folder.Read("certificate.pem") + folder.Read("key.pem");
    }

    /// <summary>A good server certificate issued with other signature settings (<c>-md5</c>), followed by its key.</summary>
    public static string Issue(TestCertificate issuer, string arguments, string newKey = "ec -pkeyopt ec_paramgen_curve:P-256")
    {
        using var folder = new OpenSslFolder();
        folder.Write("issuer.pem", issuer.Pem);
        folder.Write("issuer.key", issuer.KeyPem);
        folder.Write("extensions", "basicConstraints=CA:FALSE\nsubjectAltName=DNS:www.example.test\nextendedKeyUsage=serverAuth\n");
        folder.Run($"req -new -newkey {newKey} -nodes -subj /CN=www.example.test -keyout key.pem -out request.pem");
        folder.Run($"x509 -req -in request.pem -CA issuer.pem -CAkey issuer.key -days 3650 -set_serial 17 -extfile extensions -out leaf.pem {arguments}");
        return folder.Read("leaf.pem") + folder.Read("key.pem");
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
