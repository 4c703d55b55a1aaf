using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Certrelay.Certificates;

namespace Certrelay.Tests.Clouds;

/// <summary>One TLS handshake with a simulator.</summary>
internal static class Handshake
{
    /// <summary>The leaf that is served to a client that asks for this name; null when the handshake is refused.</summary>
    public static async Task<Fingerprint?> LeafAsync(int port, string name)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(client.GetStream());
        Fingerprint? leaf = null;
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                {
                    leaf = certificate is null ? null : Fingerprint.Of(certificate.GetRawCertData());
                    return leaf is not null;
                },
            });
            return leaf;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return null;
        }
    }
}
