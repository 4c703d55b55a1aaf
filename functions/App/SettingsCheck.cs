using System.Collections;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Certrelay.App;

/// <summary>Settings that cannot be used, with every fault.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

/// <summary>
/// Reads the settings and checks them whole. It looks only at what is configured, since every default is valid: the framework's binder and validator together take a
/// tenth of a start.
/// </summary>
public sealed class SettingsCheck
{
    private readonly List<string> _faults = [];

    private SettingsCheck()
    {
    }

    /// <summary>Binds the settings; throws <see cref="SettingsException"/> with every fault at once, a key that names no setting among them.</summary>
    public static Settings Read(IConfiguration configuration)
    {
        var (check, settings) = (new SettingsCheck(), new Settings());
        // The other keys at the top are those of the environment and of the host.
        foreach (var setting in SettingShape.Of(typeof(Settings)).Members)
            check.Set(settings, setting, configuration.GetSection(setting.Name));
        return check._faults.Count == 0 ? settings : throw new SettingsException(check._faults);
    }

    private void Set(object group, SettingShape setting, IConfigurationSection section)
    {
        if (!section.Exists() || Value(section, setting, () => setting.Property!.GetValue(group)!) is not { } value)
            return;
        setting.Property!.SetValue(group, value);
        foreach (var rule in setting.Rules)
        {
            if (rule.GetValidationResult(value, new ValidationContext(group) { MemberName = setting.Name, DisplayName = setting.Name }) is { } broken)
                _faults.Add($"{section.Path}: {broken.ErrorMessage}");
        }
    }

    /// <summary>What a section says; null when it says nothing that fits the setting, which is a fault then.</summary>
    private object? Value(IConfigurationSection section, SettingShape setting, Func<object> present)
    {
        object? value = null;
        if (section.Value is { } text)
        {
            (value, var fault) = setting.Parse(text);
            if (fault is not null)
                _faults.Add($"{section.Path}: {fault}");
        }

        if (setting.IsPlain)
            _faults.AddRange(section.GetChildren().Select(NoSuchSetting));
        else if (setting.IsMap)
            value = Map(section, setting.Members[0]);
        else if (setting.IsList)
            value = List(section, setting.Members[0]);
        else
            value = Group(section, setting, present());
        return value;
    }

    private object Group(IConfigurationSection section, SettingShape setting, object group)
    {
        foreach (var child in section.GetChildren())
        {
            if (setting.MemberOf(child.Key) is { } member)
                Set(group, member, child);
            else
                _faults.Add(NoSuchSetting(child));
        }

        if (group is IValidatableObject whole)
            _faults.AddRange(whole.Validate(new ValidationContext(group)).Select(broken => $"{section.Path}:{string.Join(", ", broken.MemberNames)}: {broken.ErrorMessage}"));
        return group;
    }

    private IDictionary Map(IConfigurationSection section, SettingShape element)
    {
        var map = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), element.Type), StringComparer.Ordinal)!;
        foreach (var child in section.GetChildren())
        {
            if (Value(child, element, () => Activator.CreateInstance(element.Type)!) is { } value)
                map[child.Key] = value;
        }

        return map;
    }

    private IList List(IConfigurationSection section, SettingShape element)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element.Type))!;
        foreach (var child in section.GetChildren())
        {
            if (Value(child, element, () => Activator.CreateInstance(element.Type)!) is { } value)
                list.Add(value);
        }

        return list;
    }

    private static string NoSuchSetting(IConfigurationSection section) => $"{section.Path}: there is no such setting.";
}
