using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Certrelay.App;

/// <summary>A setting, or a group of them, as its type declares it: what the check and the generated pages go through. Nothing is looked up before it is asked for, because every start comes by here.</summary>
internal sealed class SettingShape
{
    private readonly Lazy<IReadOnlyList<SettingShape>> _members;
    private readonly Lazy<object?> _default;

    private SettingShape(string name, Type type, PropertyInfo? property, Func<object?> standard)
    {
        (Name, Type, Property) = (name, type, property);
        _default = new Lazy<object?>(standard);
        _members = new Lazy<IReadOnlyList<SettingShape>>(MembersOf);
    }

    public string Name { get; }

    public Type Type { get; }

    /// <summary>Where the value goes; none for the whole and for an element of a map or a list.</summary>
    public PropertyInfo? Property { get; }

    public object? Default => _default.Value;

    public string? Description => Property?.GetCustomAttribute<DescriptionAttribute>()?.Description;

    public IEnumerable<ValidationAttribute> Rules => Property?.GetCustomAttributes<ValidationAttribute>() ?? [];

    public bool IsMap => IsGeneric(typeof(IReadOnlyDictionary<,>));

    public bool IsList => IsGeneric(typeof(IReadOnlyList<>));

    public bool IsPlain => !IsMap && !IsList && Type.Assembly == typeof(string).Assembly;

    /// <summary>The settings of a group, in the order of their declaration; the element of a map or a list; none for a plain value.</summary>
    public IReadOnlyList<SettingShape> Members => _members.Value;

    /// <summary>The shape of a type as a group.</summary>
    public static SettingShape Of(Type type) => new("", type, null, () => Activator.CreateInstance(type));

    /// <summary>The member that a key names, in whatever case; null when there is none.</summary>
    public SettingShape? MemberOf(string key) =>
        IsMap || IsList ? Members[0] : Members.FirstOrDefault(member => member.Name.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The value that a text stands for; else why it stands for none. The text is not repeated: it may be a secret in the wrong place.</summary>
    public (object? Value, string? Fault) Parse(string text) => (Nullable.GetUnderlyingType(Type) ?? Type) switch
    {
        var type when type == typeof(string) => (text, null),
        var type when type == typeof(bool) => bool.TryParse(text, out var flag) ? (flag, null) : (null, "is to be true or false."),
        var type when type == typeof(int) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? (number, null) : (null, "is to be a whole number."),
        // An empty list or group may be written as an empty text.
        _ => (null, text.Length == 0 ? null : "is a group of settings and has no value of its own."),
    };

    /// <summary>Every plain setting below, with its whole path.</summary>
    public IEnumerable<(string Path, SettingShape Setting)> Leaves(string prefix = "") => IsPlain
        ? [(prefix, this)]
        : Members.SelectMany(member => member.Leaves(prefix.Length == 0 ? member.Name : $"{prefix}:{member.Name}"));

    private bool IsGeneric(Type definition) => Type.IsGenericType && Type.GetGenericTypeDefinition() == definition;

    private IReadOnlyList<SettingShape> MembersOf()
    {
        if (IsMap)
            return [Element("<name>", Type.GetGenericArguments()[1])];
        if (IsList)
            return [Element("<number>", Type.GetGenericArguments()[0])];
        if (IsPlain)
            return [];
        return
        [
            .. Type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanWrite)
                .Select(property => new SettingShape(property.Name, property.PropertyType, property, () => Default is null ? null : property.GetValue(Default))),
        ];
    }

    private static SettingShape Element(string name, Type type) =>
        new(name, type, null, () => type == typeof(string) || type.IsValueType ? null : Activator.CreateInstance(type));
}
