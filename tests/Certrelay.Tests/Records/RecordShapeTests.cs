using System.Reflection;
using System.Runtime.CompilerServices;
using Certrelay.Records;

namespace Certrelay.Tests.Records;

/// <summary>What a record lacks that was written before a property existed is null to the JSON reader, whatever its initializer says.</summary>
public sealed class RecordShapeTests
{
    public static TheoryData<string, string> Collections()
    {
        var context = new NullabilityInfoContext();
        var data = new TheoryData<string, string>();
        foreach (var property in Records().SelectMany(static type => type.GetProperties()).Where(static property => property.SetMethod is not null))
        {
            if (IsCollection(property.PropertyType) && context.Create(property).WriteState is NullabilityState.NotNull && !property.IsDefined(typeof(RequiredMemberAttribute)))
                data.Add(property.DeclaringType!.FullName!, property.Name);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Collections))]
    public void A_collection_that_an_older_record_lacks_is_empty(string record, string name)
    {
        var type = typeof(IRecord<>).Assembly.GetType(record)!;
        var instance = RuntimeHelpers.GetUninitializedObject(type);
        var property = type.GetProperty(name)!;

        property.SetValue(instance, null);

        Assert.NotNull(property.GetValue(instance));
    }

    private static IEnumerable<Type> Records() => typeof(IRecord<>).Assembly.GetTypes()
        .Where(static type => Array.Exists(type.GetInterfaces(), static one => one.IsGenericType && one.GetGenericTypeDefinition() == typeof(IRecord<>)));

    private static bool IsCollection(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) || type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>));
}
