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
        var faults = new SettingsFaults();
        foreach (var setting in SettingShape.Of(typeof(Settings)).Members)
            faults.Look(configuration.GetSection(setting.Name), setting);

        // What has no valid value is left out, so that the rest can be checked too.
        var readable = configuration.AsEnumerable().Where(pair => pair.Value is not null && !faults.Unreadable.Contains(pair.Key));
        var settings = new ConfigurationBuilder().AddInMemoryCollection(readable).Build().Get<Settings>() ?? new Settings();
        Check(settings, "", faults.Sentences);
        return faults.Sentences.Count == 0 ? settings : throw new SettingsException(faults.Sentences);
    }

    private static void Check(object value, string path, List<string> faults)
    {
        // Rule by rule instead of by the framework's Validator, which costs a start some 30 ms and looks at no more once an attribute has failed.
        foreach (var property in value.GetType().GetProperties())
        {
            var context = new ValidationContext(value) { MemberName = property.Name, DisplayName = property.Name };
            faults.AddRange(property.GetCustomAttributes<ValidationAttribute>()
                .Select(rule => rule.GetValidationResult(property.GetValue(value), context))
                .OfType<ValidationResult>()
                .Select(result => $"{path}{property.Name}: {result.ErrorMessage}"));
        }

        if (value is IValidatableObject whole)
            faults.AddRange(whole.Validate(new ValidationContext(value)).Select(result => $"{path}{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}"));
        foreach (var property in value.GetType().GetProperties())
        {
            if (property.PropertyType.Assembly != typeof(string).Assembly && property.GetIndexParameters().Length == 0
                && property.GetValue(value) is { } child and not IEnumerable)
                Check(child, $"{path}{property.Name}:", faults);
        }
    }

    /// <summary>Goes through what is configured and collects what fits no setting: a misspelt one would silently keep its default.</summary>
    private sealed class SettingsFaults
    {
        public List<string> Sentences { get; } = [];

        public HashSet<string> Unreadable { get; } = new(StringComparer.OrdinalIgnoreCase);

        public void Look(IConfigurationSection section, SettingShape setting)
        {
            foreach (var child in section.GetChildren())
            {
                if (setting.MemberOf(child.Key) is { } member)
                    Look(child, member);
                else
                    Sentences.Add($"{child.Path}: there is no such setting.");
            }

            if (section.Value is { } text && setting.FaultOf(text) is { } fault)
            {
                Unreadable.Add(section.Path);
                Sentences.Add($"{section.Path}: {fault}");
            }
        }
    }
}
