using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Certrelay.RealParts.Probing;

/// <summary>A loopback HTTP server of one page: each request's body goes in, the answer's body comes out.</summary>
internal sealed class HttpServer : IDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _end = new();
    private readonly Func<byte[], Task<byte[]>> _answer;

    private HttpServer(IPAddress address, Func<byte[], Task<byte[]>> answer)
    {
        (_listener, _answer) = (new TcpListener(address, 0), answer);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url => $"http://{_listener.LocalEndpoint}/";

    public static HttpServer Start(IPAddress address, Func<byte[], Task<byte[]>> answer) => new(address, answer);

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var end = _end.Token;
        while (!end.IsCancellationRequested)
        {
            using var client = await _listener.AcceptTcpClientAsync(end);
            var stream = client.GetStream();
            var question = await ReadAsync(stream, end);
            var body = await _answer(question);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), end);
            await stream.WriteAsync(body, end);
        }
    }

    private static async Task<byte[]> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, cancellationToken) > 0)
            head.Append((char)one[0]);
        var length = head.ToString().Split("\r\n").Select(static line => line.Split(": "))
            .Where(static field => field[0].Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            .Select(static field => int.Parse(field[1], CultureInfo.InvariantCulture)).FirstOrDefault();
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, cancellationToken);
        return body;
    }
}
