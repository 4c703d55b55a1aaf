using System.ComponentModel;
using System.Globalization;
using System.Reflection;

namespace Certrelay.App;

/// <summary>A setting, or a group of them, as its type declares it: what the check and the generated pages go through.</summary>
internal sealed record SettingShape(string Name, Type Type, string? Description, object? Default)
{
    /// <summary>The settings of a group, in the order of their declaration; the element of a map or a list; none for a plain value.</summary>
    public IReadOnlyList<SettingShape> Members { get; } = MembersOf(Type, Default);

    private bool IsMap => Members is [{ Name: "<name>" or "<number>" }];

    public bool IsPlain => Members.Count == 0;

    /// <summary>The shape of a type as a group.</summary>
    public static SettingShape Of(Type type) => new("", type, null, Activator.CreateInstance(type));

    /// <summary>The member that a key names, in whatever case; null when there is none.</summary>
    public SettingShape? MemberOf(string key) =>
        IsMap ? Members[0] : Members.FirstOrDefault(member => member.Name.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>Why a text is no value of this setting; null when it is one. The text is not repeated: it may be a secret in the wrong place.</summary>
    public string? FaultOf(string text) => (Nullable.GetUnderlyingType(Type) ?? Type) switch
    {
        var type when type == typeof(string) => null,
        var type when type == typeof(bool) => bool.TryParse(text, out _) ? null : "is to be true or false.",
        var type when type == typeof(int) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "is to be a whole number.",
        // An empty list or group may be written as an empty text.
        _ => text.Length == 0 ? null : "is a group of settings and has no value of its own.",
    };

    /// <summary>Every plain setting below, with its whole path.</summary>
    public IEnumerable<(string Path, SettingShape Setting)> Leaves(string prefix = "") => IsPlain
        ? [(prefix, this)]
        : Members.SelectMany(member => member.Leaves(prefix.Length == 0 ? member.Name : $"{prefix}:{member.Name}"));

    private static IReadOnlyList<SettingShape> MembersOf(Type type, object? unset)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>))
            return [Element("<name>", type.GetGenericArguments()[1])];
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            return [Element("<number>", type.GetGenericArguments()[0])];
        if (type.Assembly == typeof(string).Assembly)
            return [];
        return
        [
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite)
                .Select(property => new SettingShape(
                    property.Name, property.PropertyType, property.GetCustomAttribute<DescriptionAttribute>()?.Description, unset is null ? null : property.GetValue(unset))),
        ];
    }

    private static SettingShape Element(string name, Type type) =>
        new(name, type, null, type == typeof(string) || type.IsValueType ? null : Activator.CreateInstance(type));
}
