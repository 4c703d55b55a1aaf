using System.Text.RegularExpressions;
using Certrelay.Records;
using Certrelay.Targets;

namespace Certrelay.Watch.Discovery;

/// <summary>Names for targets that are proposed.</summary>
public sealed partial class TargetNames(TargetRegistry targets)
{
    /// <summary>The longest name of a resource.</summary>
    internal const int Longest = 63;

    /// <summary>The name of a target that is the one meant, else the first free one; both begin with what <paramref name="text"/> holds of letters and digits.</summary>
    /// <param name="given">The names that this proposal has given already; the answer is added.</param>
    public async Task<(string Name, bool IsKnown)> FindAsync(string text, HashSet<string> given, Func<TargetRecord, bool> isMeant, CancellationToken cancellationToken)
    {
        var plain = Others().Replace(text.ToLowerInvariant(), "-").Trim('-');
        for (var number = 1; ; number++)
        {
            var name = number == 1 ? Cut(plain, Longest) : $"{Cut(plain, Longest - 5)}-{number}";
            var there = await targets.ReadAsync(name, cancellationToken);
            if (there is not null && isMeant(there.Value))
                return (name, true);
            if (there is null && given.Add(name))
                return (name, false);
        }
    }

    internal static string Cut(string name, int longest) => (name.Length <= longest ? name : name[..longest]).TrimEnd('-');

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Others();
}
