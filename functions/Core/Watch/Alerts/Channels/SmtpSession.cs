using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Certrelay.Watch.Alerts.Channels;

/// <summary>
/// One conversation with an SMTP server (RFC 5321, RFC 3207, RFC 4954). A reply of 4xx is <see cref="Transient"/>, of 5xx <see cref="Permanent"/>
/// (<c>channel.refused</c>); what the server says beyond its number is not repeated.
/// </summary>
internal sealed class SmtpSession(Socket socket) : IAsyncDisposable
{
    // RFC 5321 section 4.5.3.1.5 allows 512; servers are more talkative.
    private const int LongestLine = 4096;
    private const int MostLines = 100;

    private readonly byte[] _buffer = new byte[LongestLine];
    private readonly string _self = Literal(((IPEndPoint)socket.LocalEndPoint!).Address);
    private Stream _stream = new NetworkStream(socket, ownsSocket: true);
    private int _from;
    private int _to;
    private bool _secure;
    private IReadOnlyList<string> _extensions = [];

    /// <summary>Waits for the server's greeting and tells who we are.</summary>
    public async Task GreetAsync(CancellationToken cancellationToken)
    {
        Demand("the connection", await ReplyAsync(cancellationToken), 220);
        await HelloAsync(cancellationToken);
    }

    /// <summary>Goes over to TLS by STARTTLS; a server that does not offer it gets nothing more from us.</summary>
    public async Task StartTlsAsync(string server, CancellationToken cancellationToken)
    {
        if (!_extensions.Contains("STARTTLS", StringComparer.OrdinalIgnoreCase))
            throw new Permanent("channel.tls", "The mail server does not offer STARTTLS.");
        Demand("STARTTLS", await CommandAsync("STARTTLS", cancellationToken), 220);
        // RFC 3207 section 5: what somebody in between sent ahead in the clear would be taken for the server's word.
        if (_from < _to)
            throw new Transient("channel.tls", "The mail server sent something in the clear after STARTTLS.");
        await SecureAsync(server, cancellationToken);
        await HelloAsync(cancellationToken);
    }

    /// <summary>Makes the TLS handshake; the server's certificate must be valid for its name.</summary>
    public async Task SecureAsync(string server, CancellationToken cancellationToken)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = server, CertificateChainPolicy = ChannelHttp.ChainPolicy() }, cancellationToken);
            _secure = true;
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException)
        {
            throw new Transient("channel.tls", "The TLS handshake failed, or the certificate of the mail server is not trusted.");
        }
    }

    /// <summary>Logs in, within TLS only.</summary>
    public async Task AuthenticateAsync(string user, string password, CancellationToken cancellationToken)
    {
        if (!_secure)
            throw new Permanent("channel.tls", "A password is not sent in the clear.");
        var offered = _extensions.FirstOrDefault(static line => line.StartsWith("AUTH ", StringComparison.OrdinalIgnoreCase))?.Split(' ') ?? [];
        if (offered.Contains("PLAIN", StringComparer.OrdinalIgnoreCase))
        {
            Demand("AUTH", await CommandAsync($"AUTH PLAIN {Base64($"\0{user}\0{password}")}", cancellationToken), 235);
            return;
        }

        if (!offered.Contains("LOGIN", StringComparer.OrdinalIgnoreCase))
            throw new Permanent("channel.refused", "The mail server offers neither AUTH PLAIN nor AUTH LOGIN.");
        Demand("AUTH", await CommandAsync("AUTH LOGIN", cancellationToken), 334);
        Demand("AUTH", await CommandAsync(Base64(user), cancellationToken), 334);
        Demand("AUTH", await CommandAsync(Base64(password), cancellationToken), 235);
    }

    /// <summary>Hands a message over for all recipients that the server takes, and returns how many it refused; throws when it refused all.</summary>
    public async Task<int> SendAsync(string from, IReadOnlyList<string> to, byte[] message, CancellationToken cancellationToken)
    {
        Demand("MAIL FROM", await CommandAsync($"MAIL FROM:<{from}>", cancellationToken), 250);
        var refused = 0;
        foreach (var recipient in to)
        {
            var reply = await CommandAsync($"RCPT TO:<{recipient}>", cancellationToken);
            if (reply is 250 or 251)
                continue;
            if (++refused == to.Count)
                Demand("RCPT TO", reply, 250);
        }

        Demand("DATA", await CommandAsync("DATA", cancellationToken), 354);
        // The text is Base64 and no header begins with a dot, so that nothing is to be stuffed.
        Demand("the message", await CommandAsync(message, ".", cancellationToken), 250);
        await CommandAsync("QUIT", cancellationToken);
        return refused;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task HelloAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        Demand("EHLO", await CommandAsync([], $"EHLO {_self}", cancellationToken, lines), 250);
        _extensions = lines;
    }

    private Task<int> CommandAsync(string command, CancellationToken cancellationToken) => CommandAsync([], command, cancellationToken);

    private async Task<int> CommandAsync(byte[] before, string command, CancellationToken cancellationToken, List<string>? lines = null)
    {
        try
        {
            await _stream.WriteAsync((byte[])[.. before, .. Encoding.ASCII.GetBytes(command), .. "\r\n"u8], cancellationToken);
        }
        catch (IOException)
        {
            throw Broken();
        }

        return await ReplyAsync(cancellationToken, lines);
    }

    /// <summary>The number of the server's next reply; the texts of its lines are added to <paramref name="lines"/>.</summary>
    private async Task<int> ReplyAsync(CancellationToken cancellationToken, List<string>? lines = null)
    {
        for (var count = 0; count < MostLines; count++)
        {
            var line = await LineAsync(cancellationToken);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                break;
            lines?.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] == ' ')
                return code;
        }

        throw new Transient("channel.answer", "What answers is no mail server.");
    }

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_from, _to - _from).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.ASCII.GetString(_buffer, _from, end).TrimEnd('\r');
                _from += end + 1;
                return line;
            }

            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
            if (_to == _buffer.Length)
                throw new Transient("channel.answer", "What answers is no mail server.");
            var read = await ReadAsync(cancellationToken);
            if (read == 0)
                throw Broken();
            _to += read;
        }
    }

    private async Task<int> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _stream.ReadAsync(_buffer.AsMemory(_to), cancellationToken);
        }
        catch (IOException)
        {
            throw Broken();
        }
    }

    private static void Demand(string what, int reply, int wanted)
    {
        if (reply == wanted)
            return;
        var reason = $"The mail server answered {reply.ToString(CultureInfo.InvariantCulture)} to {what}.";
        throw reply is >= 500 and < 600 ? new Permanent("channel.refused", reason) : new Transient("channel.status", reason);
    }

    private static Transient Broken() => new("channel.unavailable", "The connection to the mail server broke.");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    // RFC 5321 section 4.1.3.
    private static string Literal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6 ? $"[IPv6:{address}]" : $"[{address.MapToIPv4()}]";
}
