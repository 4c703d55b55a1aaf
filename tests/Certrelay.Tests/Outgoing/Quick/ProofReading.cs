using System.Net.Security;
using Certrelay.Outgoing.Probing;

namespace Certrelay.Tests.Outgoing.Quick;

/// <summary>Reads recorded bytes as if a server had sent them; nothing may throw.</summary>
internal static class ProofReading
{
    public static (ProofState State, ServerProof Proof) Of(byte[] bytes, byte[] hello, KeyShare share, IReadOnlyList<SslApplicationProtocol> offers)
    {
        using var stream = new MemoryStream(bytes);
        using var proof = new ServerProof(hello, share, offers);
        var records = new RecordStream(stream);
        var state = ProofState.Reading;
        // A stream in memory never waits.
        while (state is ProofState.Reading && records.NextAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult() is RecordOutcome.Record)
            state = proof.Take(records.Current);
        return (state, proof);
    }
}
