using System.Text;

namespace Certrelay.Outgoing;

/// <summary>Lines out and lines in, as mail protocols speak before TLS; bounded, because the other side is a stranger.</summary>
internal sealed class LineConversation(Stream stream)
{
    // A long EHLO answer has some 30 lines of 60 bytes.
    private const int MostBytes = 16 * 1024;
    private const int LongestQuote = 120;

    private readonly byte[] _one = new byte[1];
    private int _read;

    public Task SayAsync(string line, CancellationToken cancellationToken) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), cancellationToken).AsTask();

    /// <summary>
    /// The next line without its end. Byte by byte, so that nothing behind it is consumed: what a server sends before the handshake is not protected
    /// by it (RFC 9051 section 11.1), and the handshake reads from there.
    /// </summary>
    public async Task<string> HearAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (await stream.ReadAsync(_one, cancellationToken) == 0)
                throw new EndOfStreamException("The connection was closed before TLS.");
            if (++_read > MostBytes)
                throw new StartTlsDeclinedException("talks without end");
            if (_one[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)_one[0]);
        }
    }

    /// <summary>What a line of the server looks like in a sentence.</summary>
    public static string Quote(string line) =>
        $"\"{string.Concat(line.Take(LongestQuote).Select(static c => c is >= ' ' and < '\x7F' ? c : '?'))}\"";
}
