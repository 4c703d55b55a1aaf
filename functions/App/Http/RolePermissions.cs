using System.Collections.Frozen;
using System.ComponentModel;
using System.Reflection;
using System.Text;
using Certrelay.Records;

namespace Certrelay.App.Http;

/// <summary>Which role may do what; <c>docs/permissions.md</c> is generated from this table.</summary>
public static class RolePermissions
{
    private static readonly FrozenDictionary<Role, FrozenSet<Permission>> Table = new Dictionary<Role, FrozenSet<Permission>>
    {
        [Role.Viewer] = [Permission.None, Permission.Read],
        [Role.Operator] = [Permission.None, Permission.Read, Permission.Upload, Permission.Targets, Permission.Probe, Permission.Alerts, Permission.Events],
        [Role.Deployer] = [Permission.None, Permission.Read, Permission.Deploy, Permission.Freeze, Permission.Probe],
        [Role.Exporter] = [Permission.None, Permission.Read, Permission.Download],
        [Role.Auditor] = [Permission.None, Permission.Read, Permission.Audit],
        [Role.Admin] = [.. Enum.GetValues<Permission>()],
    }.ToFrozenDictionary();

    /// <summary>True when any of the roles has the permission.</summary>
    public static bool Allow(IEnumerable<Role> roles, Permission permission) => roles.Any(role => Table[role].Contains(permission));

    /// <summary>The table and the functions with their permissions, as a page of the documentation.</summary>
    public static string ToMarkdown(IEnumerable<HttpOperation> operations)
    {
        var roles = Enum.GetValues<Role>();
        var page = new StringBuilder("# Roles and permissions\n\n")
            .Append("A token has one or more roles and may be held to a scope of names. Generated from `RolePermissions.cs` and the functions.\n\n")
            .Append("| permission | |").AppendJoin('|', roles.Select(static role => $" {Name(role)} ")).Append("|\n")
            .Append("| --- | --- |").AppendJoin('|', roles.Select(static _ => " :-: ")).Append("|\n");
        foreach (var permission in Enum.GetValues<Permission>())
        {
            page.Append($"| {Name(permission)} | {DescriptionOf(permission)} |")
                .AppendJoin('|', roles.Select(role => Table[role].Contains(permission) ? " ✓ " : "  ")).Append("|\n");
        }

        page.Append("\n## Functions\n\n| call | function | permission |\n| --- | --- | --- |\n");
        var byRoute = operations.OrderBy(static operation => operation.Route, StringComparer.Ordinal)
            .ThenBy(static operation => operation.Name, StringComparer.Ordinal);
        foreach (var operation in byRoute)
            page.Append($"| {string.Join(", ", operation.Methods)} `/{operation.Route}` | {operation.Name} | {Name(operation.Permission)} |\n");
        return page.ToString();
    }

    private static string Name(Enum value) => value.ToString().ToLowerInvariant();

    private static string DescriptionOf(Permission permission) =>
        typeof(Permission).GetField(permission.ToString())!.GetCustomAttribute<DescriptionAttribute>()!.Description;
}
