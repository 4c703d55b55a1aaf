namespace Certrelay.App.Http;

/// <summary>The permission that a caller of an HTTP function must hold.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresAttribute(Permission permission) : Attribute
{
    public Permission Permission { get; } = permission;
}
