using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace Certrelay.App;

/// <summary>Settings that cannot be used, with every fault.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

/// <summary>Reads the settings and checks them whole.</summary>
public static class SettingsCheck
{
    /// <summary>Binds the settings; throws <see cref="SettingsException"/> with every fault at once, a key that names no setting among them.</summary>
    public static Settings Read(IConfiguration configuration)
    {
        Settings settings;
        try
        {
            settings = configuration.Get<Settings>() ?? new Settings();
        }
        catch (InvalidOperationException fault)
        {
            throw new SettingsException([fault.Message]);
        }

        var faults = new List<string>();
        Check(settings, "", faults);
        foreach (var section in typeof(Settings).GetProperties().Where(property => property.PropertyType.Assembly != typeof(string).Assembly))
            Unknown(configuration.GetSection(section.Name), section.PropertyType, faults);
        return faults.Count == 0 ? settings : throw new SettingsException(faults);
    }

    private static void Check(object value, string path, List<string> faults)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        foreach (var result in results)
            faults.Add($"{path}{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}");
        foreach (var property in value.GetType().GetProperties())
        {
            if (property.PropertyType.Assembly != typeof(string).Assembly && property.GetIndexParameters().Length == 0 && property.GetValue(value) is { } child and not IEnumerable)
                Check(child, $"{path}{property.Name}:", faults);
        }
    }

    /// <summary>A misspelt setting would silently keep its default.</summary>
    private static void Unknown(IConfigurationSection section, Type type, List<string> faults)
    {
        var known = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren().Where(child => !known.Contains(child.Key)))
            faults.Add($"{child.Path}: there is no such setting.");
    }
}
