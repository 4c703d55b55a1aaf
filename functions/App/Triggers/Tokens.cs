using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Certrelay.App.Http;
using Certrelay.Records;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace Certrelay.App.Triggers;

/// <summary>What a new token shall be.</summary>
public sealed record TokenRequest
{
    [StringLength(200, MinimumLength = 1)]
    public required string Description { get; init; }

    [MinLength(1), MaxLength(6)]
    public required IReadOnlyList<Role> Roles { get; init; }

    /// <summary>Names that the token may touch; absent for all.</summary>
    [MinLength(1), MaxLength(100), NamePatterns]
    public IReadOnlyList<string>? Scope { get; init; }

    public DateTimeOffset? Expires { get; init; }
}

/// <summary>A token without its secret.</summary>
public record TokenView
{
    public required string Id { get; init; }

    public required string Description { get; init; }

    public required IReadOnlyList<Role> Roles { get; init; }

    public IReadOnlyList<string>? Scope { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required string CreatedBy { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public DateTimeOffset? LastUsed { get; init; }

    public DateTimeOffset? Revoked { get; init; }
}

/// <summary>A token just made, with its text, which is shown this once.</summary>
public sealed record TokenIssued : TokenView
{
    public required string Token { get; init; }
}

/// <summary>Tokens: make, list, revoke. A caller held to a scope sees and makes only tokens within it.</summary>
public sealed class Tokens(TokenRecords tokens, TimeProvider time)
{
    [Function("CreateToken"), Requires(Permission.Tokens), Audited("token.create"), Takes(typeof(TokenRequest)), Answers(201, typeof(TokenIssued))]
    [Description("Makes a token; its text is in this answer and nowhere else.")]
    public async Task<IResult> CreateAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/tokens")] HttpRequest request, CancellationToken cancellationToken)
    {
        var wanted = request.Json<TokenRequest>();
        if (wanted.Expires <= time.GetUtcNow())
            throw ProblemException.InBody("/expires", "lies in the past");
        if (!NameScope.Contains(request.Caller.Scope, wanted.Scope))
            throw new ProblemException(ProblemCodes.AccessScope, "A token cannot reach further than the one it is made with.");
        var made = await tokens.IssueAsync(
            wanted.Description, [.. wanted.Roles.Distinct()], wanted.Scope, wanted.Expires, request.Caller.Id, cancellationToken);
        request.Concerns($"token/{made.Id}");
        return Answer.Created($"/api/tokens/{made.Id}", Issued(made));
    }

    [Function("ListTokens"), Requires(Permission.Tokens), Paged, Answers(200, typeof(PageOf<TokenView>))]
    [Description("Lists the tokens by id, revoked ones included.")]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tokens")] HttpRequest request, CancellationToken cancellationToken)
    {
        var (page, scope) = (request.Page, request.Caller.Scope);
        return Answer.Page(await tokens.ListAsync(page.After, cancellationToken)
            .Where(token => NameScope.Contains(scope, token.Value.Scope))
            .ToPageAsync(page, static token => token.Key.Partition, View, cancellationToken));
    }

    [Function("GetToken"), Requires(Permission.Tokens), Answers(200, typeof(TokenView), ETag = true)]
    [Description("Shows one token without its secret.")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/tokens/{id}")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        var token = await FindAsync(request, id, cancellationToken);
        return Answer.Ok(View(token), token.ETag);
    }

    [Function("RevokeToken"), Requires(Permission.Tokens), IfMatch(Optional = true), Answers(204)]
    [Audited("token.revoke", Subject = "token/{id}", Reason = true)]
    [Description("Ends a token at once and for good.")]
    public async Task<IResult> RevokeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/tokens/{id}")] HttpRequest request, string id,
        CancellationToken cancellationToken)
    {
        var token = await FindAsync(request, id, cancellationToken);
        request.DemandIfMatch(token.ETag);
        var others = tokens.ListAsync(after: null, cancellationToken).Where(other => other.Key != token.Key && IsFullAdmin(other.Value));
        if (IsFullAdmin(token.Value) && !await others.AnyAsync(cancellationToken))
            throw new ProblemException(ProblemCodes.TokenLastAdmin);
        await tokens.RevokeAsync(token, cancellationToken);
        return Answer.NoContent();
    }

    private static TokenView View(Stored<TokenRecord> token) => new()
    {
        Id = token.Key.Partition,
        Description = token.Value.Description,
        Roles = token.Value.Roles,
        Scope = token.Value.Scope,
        Created = token.Value.Created,
        CreatedBy = token.Value.CreatedBy,
        Expires = token.Value.Expires,
        LastUsed = token.Value.LastUsed,
        Revoked = token.Value.Revoked,
    };

    private static TokenIssued Issued(IssuedToken made) => new()
    {
        Id = made.Id,
        Token = made.Text,
        Description = made.Record.Value.Description,
        Roles = made.Record.Value.Roles,
        Scope = made.Record.Value.Scope,
        Created = made.Record.Value.Created,
        CreatedBy = made.Record.Value.CreatedBy,
        Expires = made.Record.Value.Expires,
    };

    /// <summary>One that can always make another: an expiring one only puts off being locked out.</summary>
    private static bool IsFullAdmin(TokenRecord token) => token is { Revoked: null, Expires: null, Scope: null } && token.Roles.Contains(Role.Admin);

    private async Task<Stored<TokenRecord>> FindAsync(HttpRequest request, string id, CancellationToken cancellationToken)
    {
        var token = await tokens.FindAsync(id, cancellationToken)
            ?? throw new ProblemException(ProblemCodes.ResourceUnknown, $"There is no token '{id}'.");
        return NameScope.Contains(request.Caller.Scope, token.Value.Scope)
            ? token
            : throw new ProblemException(ProblemCodes.AccessScope, "The token reaches further than the one it is asked with.");
    }
}
