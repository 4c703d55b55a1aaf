using System.Text;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>Finds the caller of a bearer token (RFC 6750 section 2.1), or whom the platform let in; why somebody is not taken is never told.</summary>
public sealed class Authentication(TokenRecords tokens, EdgeOptions options)
{
    private const string Scheme = "Bearer ";

    /// <summary>The caller; throws <see cref="ProblemException"/> (<c>access.unauthenticated</c>).</summary>
    public async Task<Caller> CallerAsync(HttpRequest request, string correlation, CancellationToken cancellationToken)
    {
        var header = request.Headers.Authorization is [{ } only] && Ascii.IsValid(only) ? only : "";
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? await tokens.AuthenticateAsync(header[Scheme.Length..].Trim(), cancellationToken)
            : null;
        if (token is not null)
            return new Caller(token.Key.Partition, token.Value.Roles, token.Value.Scope, correlation);
        return options.TrustPrincipal && EntraPrincipal.Of(EntraPrincipal.HeaderOf(request)) is var (id, roles)
            ? new Caller(id, roles, scope: null, correlation)
            : throw new ProblemException(ProblemCodes.AccessUnauthenticated);
    }
}
