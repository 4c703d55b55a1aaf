using System.Reflection;

namespace Certrelay.Certificates;

/// <summary>Every finding that the product can make, a file an area; <c>docs/findings.md</c> is generated from this list.</summary>
public static partial class FindingCodes
{
    /// <summary>A failure as an observation about <paramref name="scope"/>; throws <see cref="InvalidOperationException"/> for a code that no finding has.</summary>
    internal static Finding Of(Failure failure, string scope) => All.First(code => code.Code == failure.Code).At(scope, failure.Message);

    /// <summary>True when a failure can be told as a finding; others, such as a vault that is out of reach, concern the whole call.</summary>
    internal static bool Knows(Failure failure) => All.Any(code => code.Code == failure.Code);

    /// <summary>All codes, ordered; collected at the first use, because a short run of the command line needs none of it.</summary>
    public static IReadOnlyList<FindingCode> All => field ??=
    [
        .. typeof(FindingCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(static one => one.FieldType == typeof(FindingCode))
            .Select(static one => (FindingCode)one.GetValue(null)!)
            .OrderBy(static code => code.Code, StringComparer.Ordinal),
    ];
}
