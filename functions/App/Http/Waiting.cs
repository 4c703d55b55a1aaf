using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>How long a caller is ready to wait for long work: <c>?wait=30s</c>, also <c>500ms</c> and <c>2m</c>.</summary>
public static partial class Waiting
{
    public const string Name = "wait";

    public const string Description = "How long to wait until the work has settled: 500ms, 30s, 2m, at most 5m.";

    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    extension(HttpRequest request)
    {
        /// <summary>The time that the caller waits; zero when it does not. Throws <see cref="ProblemException"/> (<c>query.invalid</c>).</summary>
        public TimeSpan Wait
        {
            get
            {
                if (request.Text(Name) is not { } text)
                    return TimeSpan.Zero;
                var match = Form().Match(text);
                var time = match.Success ? Span(int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture), match.Groups["unit"].Value) : Longest * 2;
                return time <= Longest ? time : throw QueryValues.Invalid(Name, "is to be a time such as 500ms, 30s or 2m, at most 5m");
            }
        }
    }

    private static TimeSpan Span(int number, string unit) => unit switch
    {
        "ms" => TimeSpan.FromMilliseconds(number),
        "s" => TimeSpan.FromSeconds(number),
        _ => TimeSpan.FromMinutes(number),
    };

    [GeneratedRegex(@"^(?<number>[0-9]{1,6})(?<unit>ms|s|m)\z", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
