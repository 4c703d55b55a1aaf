using System.Net;
using System.Net.Sockets;

namespace Certrelay.Outgoing.Probing;

/// <summary>What came of one ClientHello: an answer in TLS, or none that says anything about the offer.</summary>
internal enum HelloOutcome
{
    /// <summary>The server chose the version offered.</summary>
    Accepted,

    /// <summary>It sent an alert, hung up, or chose another version.</summary>
    Refused,

    /// <summary>Nothing was learned: no connection, no answer in time, no TLS.</summary>
    Unknown,
}

/// <summary>One ClientHello and the answer to it.</summary>
internal sealed record HelloAnswer(HelloOutcome Outcome, ServerFlight Flight)
{
    /// <summary>The offer was not made.</summary>
    public static HelloAnswer NotAsked { get; } = new(HelloOutcome.Unknown, new ServerFlight());

    /// <summary>A whole handshake of this version was completed already.</summary>
    public static HelloAnswer Proved { get; } = new(HelloOutcome.Accepted, new ServerFlight());

    public bool IsAccepted => Outcome is HelloOutcome.Accepted;

    public bool IsRefused => Outcome is HelloOutcome.Refused;
}

/// <summary>Sends one ClientHello over a fresh connection and reads what comes back in clear; nothing is proved and nothing kept open.</summary>
internal sealed class HelloProbe(TimeProvider time)
{
    /// <summary>Asks exactly <paramref name="peer"/>, whose address was checked; only cancellation by the caller is thrown.</summary>
    public async Task<HelloAnswer> AskAsync(
        IPEndPoint peer, StartTls startTls, ClientHello hello, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        var sent = false;
        try
        {
            await using var stream = await OpeningStream.OpenAsync(peer, startTls, either.Token);
            await stream.WriteAsync(hello.Encode(), either.Token);
            sent = true;
            var flight = await ServerFlight.ReadAsync(stream, either.Token);
            var outcome = flight switch
            {
                { IsForeign: true } => HelloOutcome.Unknown,
                { Refusal: not null } => HelloOutcome.Refused,
                _ => flight.Version == hello.Version ? HelloOutcome.Accepted : HelloOutcome.Refused,
            };
            return new HelloAnswer(outcome, flight);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested
            && exception is SocketException or IOException or OperationCanceledException or StartTlsDeclinedException)
        {
            // A reset in answer to the hello is a refusal without words, as some load balancers give it.
            return sent && exception is IOException ? new HelloAnswer(HelloOutcome.Refused, new ServerFlight()) : HelloAnswer.NotAsked;
        }
    }
}
