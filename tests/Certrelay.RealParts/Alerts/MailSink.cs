using System.Net;
using Certrelay.RealParts.Support;
using Certrelay.Tests.Support;

namespace Certrelay.RealParts.Alerts;

/// <summary>
/// A mail server (aiosmtpd) on a free port of loopback that takes mail for everyone but <c>nobody@example.test</c>, by STARTTLS and a password alone, and keeps each
/// message with its envelope in a file.
/// </summary>
internal sealed class MailSink : IDisposable
{
    public const string User = "certrelay";
    public const string Password = "p4ssword-of-the-mail";

    // Debian's own Python: another one first in PATH would not know the package.
    private const string Python = "/usr/bin/python3";

    private const string Script = """
        import os, ssl, sys, threading
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import AuthResult
        port, folder, tls = int(sys.argv[1]), sys.argv[2], len(sys.argv) > 3

        class Keep:
            count = 0
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address == "nobody@example.test":
                    return "550 no such mailbox"
                envelope.rcpt_tos.append(address)
                return "250 OK"
            async def handle_DATA(self, server, session, envelope):
                secured = "tls" if session.ssl else "plain"
                head = f"{secured} {session.authenticated} {envelope.mail_from} {','.join(envelope.rcpt_tos)}\n"
                Keep.count += 1
                name = os.path.join(folder, f"{Keep.count:03}")
                with open(name + ".part", "wb") as file:
                    file.write(head.encode() + envelope.content)
                os.rename(name + ".part", name + ".mail")
                return "250 kept"

        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=(data.login, data.password) == (b"certrelay", b"p4ssword-of-the-mail"))

        options = {"hostname": "127.0.0.1", "port": port}
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(sys.argv[3], sys.argv[4])
            options.update(tls_context=context, require_starttls=True, authenticator=check, auth_required=True)
        Controller(Keep(), **options).start()
        threading.Event().wait()
        """;

    private readonly DirectoryInfo _folder;
    private readonly RealProcess _server;

    private MailSink(DirectoryInfo folder, int port, RealProcess server) => (_folder, Port, _server) = (folder, port, server);

    public int Port { get; }

    /// <summary>The messages so far: envelope, headers and body.</summary>
    public IReadOnlyList<string> Mails => [.. _folder.GetFiles("*.mail").OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => File.ReadAllText(file.FullName))];

    public string Output => _server.Output;

    /// <summary>Starts a server with a certificate; without one it takes mail in the clear and knows no password.</summary>
    public static async Task<MailSink> StartAsync(TestCertificate? certificate)
    {
        var folder = Directory.CreateTempSubdirectory("certrelay-mail-");
        var port = RealProcess.FreePort(IPAddress.Loopback);
        List<string> arguments = ["-c", Script, $"{port}", folder.FullName];
        if (certificate is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "cert.pem"), certificate.FullChainPem);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "key.pem"), certificate.KeyPem);
            arguments.AddRange([Path.Combine(folder.FullName, "cert.pem"), Path.Combine(folder.FullName, "key.pem")]);
        }

        var server = RealProcess.Start(Python, arguments);
        await server.ListeningAsync(IPAddress.Loopback, port);
        return new MailSink(folder, port, server);
    }

    public void Dispose()
    {
        _server.Dispose();
        _folder.Delete(recursive: true);
    }
}
