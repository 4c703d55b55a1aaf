using Certrelay.Records;

namespace Certrelay.App.Http;

/// <summary>Who makes a call: a token with its roles and scope, or nobody in particular where a function is open.</summary>
public sealed class Caller(string id, IReadOnlyList<Role> roles, IReadOnlyList<string>? scope, string correlation)
{
    /// <summary>The token's id as the audit trail shows it.</summary>
    public string Id { get; } = id;

    public IReadOnlyList<Role> Roles { get; } = roles;

    /// <summary>The names that the caller may touch (<see cref="NameScope"/>); null for all.</summary>
    public IReadOnlyList<string>? Scope { get; } = scope;

    /// <summary>Joins the log lines, audit rows and messages of one request.</summary>
    public string Correlation { get; } = correlation;

    /// <summary>True when a role of the caller has the permission.</summary>
    public bool May(Permission permission) => RolePermissions.Allow(Roles, permission);

    /// <summary>True when the name lies in the caller's scope: listings leave out the others.</summary>
    public bool MaySee(string name) => NameScope.Covers(Scope, name);

    /// <summary>
    /// Throws <see cref="ProblemException"/> (<c>access.scope</c>) unless every name lies in the caller's scope; to be asked before anything is
    /// told or done.
    /// </summary>
    public void Demand(params IEnumerable<string> names)
    {
        if (names.FirstOrDefault(name => !MaySee(name)) is { } foreign)
            throw new ProblemException(ProblemCodes.AccessScope, $"The token may not touch '{foreign}'.");
    }

    /// <summary>Throws <see cref="ProblemException"/> (<c>access.denied</c>): for what depends on more than the function's own permission.</summary>
    public void Demand(Permission permission)
    {
        if (!May(permission))
            throw new ProblemException(ProblemCodes.AccessDenied, $"The token lacks the permission '{permission.ToString().ToLowerInvariant()}'.");
    }

    /// <summary>
    /// Throws <see cref="ProblemException"/> (<c>access.scope</c>) when the caller is held to some names: for what concerns all of them.
    /// </summary>
    public void DemandEverything()
    {
        if (Scope is not null)
            throw new ProblemException(ProblemCodes.AccessScope, "This concerns every name, and the token is held to some.");
    }
}
