using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Certrelay.App.Http;

/// <summary>Checks the data annotations of a value and of everything in it, under the names that its JSON has.</summary>
internal static class Annotations
{
    public static void Check(object? value, JsonTypeInfo type, string pointer, List<RequestFault> faults)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when value is not null:
                foreach (var property in type.Properties.Where(static property => property.Get is not null))
                    CheckProperty(value, property, $"{pointer}/{property.Name}", faults);
                if (value is IValidatableObject self)
                    CheckSelf(self, pointer, faults);
                break;
            case JsonTypeInfoKind.Enumerable when value is IEnumerable items:
                foreach (var (index, item) in items.Cast<object?>().Index())
                    Check(item, EdgeJson.Reading.GetTypeInfo(type.ElementType!), $"{pointer}/{index}", faults);
                break;
            case JsonTypeInfoKind.Dictionary when value is IDictionary entries:
                foreach (DictionaryEntry entry in entries)
                    Check(entry.Value, EdgeJson.Reading.GetTypeInfo(type.ElementType!), $"{pointer}/{entry.Key}", faults);
                break;
        }
    }

    /// <summary>The annotations of a property, or of the constructor parameter that a positional record has in its place.</summary>
    internal static IEnumerable<ValidationAttribute> Of(JsonPropertyInfo property) =>
        new[] { property.AttributeProvider, property.AssociatedParameter?.AttributeProvider }
            .OfType<ICustomAttributeProvider>()
            .SelectMany(static provider => provider.GetCustomAttributes(typeof(ValidationAttribute), inherit: true))
            .Cast<ValidationAttribute>();

    private static void CheckProperty(object owner, JsonPropertyInfo property, string pointer, List<RequestFault> faults)
    {
        var value = property.Get!(owner);
        var context = new ValidationContext(owner) { MemberName = property.Name, DisplayName = property.Name };
        faults.AddRange(Of(property)
            .Select(annotation => annotation.GetValidationResult(value, context))
            .Where(static result => result != ValidationResult.Success)
            .Select(result => new RequestFault(pointer, (result!.ErrorMessage ?? "is not valid").TrimEnd('.'))));
        Check(value, EdgeJson.Reading.GetTypeInfo(property.PropertyType), pointer, faults);
    }

    private static void CheckSelf(IValidatableObject self, string pointer, List<RequestFault> faults)
    {
        foreach (var result in self.Validate(new ValidationContext(self)))
        {
            var names = result.MemberNames.DefaultIfEmpty("").Select(name => name.Length == 0 ? pointer : $"{pointer}/{name}");
            faults.AddRange(names.Select(at => new RequestFault(at, (result.ErrorMessage ?? "is not valid").TrimEnd('.'))));
        }
    }
}
