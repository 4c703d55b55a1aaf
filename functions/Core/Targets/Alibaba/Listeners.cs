using Certrelay.Certificates;

namespace Certrelay.Targets.Alibaba;

/// <summary>A listener as read.</summary>
/// <param name="Settling">True while it takes no change.</param>
/// <param name="Default">The identifier of its default certificate; null where it has none.</param>
/// <param name="Further">Those for further names; read only when they are asked for.</param>
internal sealed record ListenerReading(bool Settling, string? Default, IReadOnlyList<string> Further);

/// <summary>The calls of a load balancer with listeners that settle before they take the next change.</summary>
internal interface IListenerApi
{
    Task<ListenerReading> ReadAsync(string listener, bool further, CancellationToken cancellationToken);

    /// <summary>Makes a certificate the default one; tells the vendor's job, as the two below do.</summary>
    Task<string?> SetDefaultAsync(string listener, string identifier, string? replaces, CancellationToken cancellationToken);

    Task<string?> AddAsync(string listener, string identifier, CancellationToken cancellationToken);

    Task<string?> RemoveAsync(string listener, string identifier, CancellationToken cancellationToken);

    Task<VendorJob> JobAsync(string job, CancellationToken cancellationToken);
}

/// <summary>Listeners of ALB and NLB: one change after the other, each from a listener at rest.</summary>
internal sealed class Listeners(AlibabaListenerSettings settings, IListenerApi calls, CasStore store, IReadOnlyList<string> names) : IAlibabaProduct
{
    // One change takes 5 to 10 seconds.
    public TimeSpan PollAfter => TimeSpan.FromSeconds(3);

    private bool IsDefault => settings.Certificate == AlibabaListenerCertificate.Default;

    public async Task<IReadOnlyList<AlibabaResource>> ReadAsync(CancellationToken cancellationToken)
    {
        var resources = new List<AlibabaResource>();
        foreach (var listener in settings.Listeners)
        {
            try
            {
                var now = await calls.ReadAsync(listener, !IsDefault, cancellationToken);
                resources.Add(IsDefault ? OfDefault(listener, now) : await OfFurtherAsync(listener, now, cancellationToken));
            }
            catch (Permanent fault) when (fault.Code == FindingCodes.CloudNotFound.Code)
            {
                resources.Add(AlibabaResource.Unfit(listener, FindingCodes.CloudNotFound, fault.Message));
            }
        }

        return resources;
    }

    public async Task<string> WantedAsync(AlibabaResource resource, CasId id, CertificateBundle certificate, CancellationToken cancellationToken)
    {
        if (IsDefault)
            return id.Identifier;
        // One for another kind of key (RSA beside ECDSA) serves other clients and stays.
        var isRsa = CertificateRecord.Parse(certificate.Leaf).PublicKey.Algorithm == KeyAlgorithm.Rsa;
        var wanted = new List<string> { id.Identifier };
        foreach (var other in (resource.Bound ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Where(other => other != id.Identifier))
        {
            if (await store.ShowAsync(other, cancellationToken) is { Algorithm: { } algorithm } && algorithm.StartsWith("RSA", StringComparison.OrdinalIgnoreCase) != isRsa)
                wanted.Add(other);
        }

        return string.Join(',', wanted);
    }

    public async Task<StoredLeaf?> LeafAsync(AlibabaResource resource, CancellationToken cancellationToken) =>
        StoredLeaf.Of(await store.ShowAsync(resource.Bound!.Split(',')[0], cancellationToken));

    public Task<VendorJob> JobAsync(string job, CancellationToken cancellationToken) => calls.JobAsync(job, cancellationToken);

    private AlibabaResource OfDefault(string listener, ListenerReading now) => now.Default is null && !now.Settling
        ? AlibabaResource.Unfit(listener, FindingCodes.TargetUpdateOnly, "The listener has no certificate: it does not terminate TLS. Name an HTTPS, QUIC or TCPSSL listener, or make one in the console.")
        : AlibabaResource.OfJob(listener, now.Default, (wanted, token) => calls.SetDefaultAsync(listener, wanted, now.Default, token)) with { Settling = now.Settling, Group = listener };

    private async Task<AlibabaResource> OfFurtherAsync(string listener, ListenerReading now, CancellationToken cancellationToken)
    {
        var own = new List<string>();
        foreach (var id in now.Further)
        {
            if (await store.ShowAsync(id, cancellationToken) is { Names: { Count: > 0 } covered } && covered.All(name => SubjectName.AnyServes(names, name)))
                own.Add(id);
        }

        return new AlibabaResource($"{listener}|sni", own.Count == 0 ? null : string.Join(',', own), wanted =>
        {
            // The new one first: no name is ever without a certificate.
            var all = wanted.Split(',', StringSplitOptions.RemoveEmptyEntries);
            return
            [
                .. all.Except(own, StringComparer.Ordinal).Select(id => (Func<CancellationToken, Task<string?>>)(token => calls.AddAsync(listener, id, token))),
                .. own.Except(all, StringComparer.Ordinal).Select(id => (Func<CancellationToken, Task<string?>>)(token => calls.RemoveAsync(listener, id, token))),
            ];
        })
        {
            Settling = now.Settling,
            Group = listener,
            CanBeEmpty = true,
        };
    }
}
