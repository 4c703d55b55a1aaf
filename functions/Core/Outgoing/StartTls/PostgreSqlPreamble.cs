namespace Certrelay.Outgoing;

/// <summary>The SSLRequest of PostgreSQL.</summary>
/// <remarks>https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL</remarks>
internal static class PostgreSqlPreamble
{
    // Length 8 and the code 80877103.
    private static readonly byte[] Request = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F];

    public static async Task RunAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(Request, cancellationToken);
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer, cancellationToken);
        if (answer[0] != 'S')
            throw new StartTlsDeclinedException(answer[0] is (byte)'N' or (byte)'E' ? "offers no TLS" : "does not speak PostgreSQL's protocol");
    }
}
