using Certrelay.Certificates;
using Certrelay.Records;
using Certrelay.Rollouts;
using Certrelay.Targets;
using Certrelay.Tests.Api;

namespace Certrelay.Tests.Lists;

/// <summary>Every list route goes through 10,000 rows while others insert, change and delete: what is there from beginning to end is seen exactly once.</summary>
public sealed class PagingUnderWritesTests(PagingUnderWritesTests.Inventory inventory) : IClassFixture<PagingUnderWritesTests.Inventory>
{
    [Theory]
    [InlineData("certificates?name=keep")]
    [InlineData("certificates?sort=name")]
    [InlineData("certificates?sort=expiry")]
    [InlineData("certificates?within=400d")]
    [InlineData("certificates?domain=example.test")]
    [InlineData("certificates?owner=web+team")]
    [InlineData("certificates?tag=env=prod")]
    [InlineData("certificates?tag=env=prod&owner=web+team&state=no-key&sort=name")]
    [InlineData("certificates?state=no-key")]
    [InlineData("targets?limit=500")]
    [InlineData("targets?owner=web+team")]
    [InlineData("targets?tag=env=prod")]
    [InlineData("targets?kind=endpoint-only")]
    [InlineData("targets?certificate=keep-00000")]
    [InlineData("targets?state=new")]
    public async Task What_stays_is_listed_exactly_once(string route)
    {
        var seen = await inventory.WalkAsync(route, "name");

        Assert.Equal(Inventory.Kept, seen.Where(static name => name.StartsWith("keep", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        // A renewed certificate moves to its new place in the order by expiry, and may be met there again.
        if (!route.Contains("expiry", StringComparison.Ordinal) && !route.Contains("within", StringComparison.Ordinal))
            Assert.Equal(seen.Count, seen.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("certificates/keep-00000/versions?limit=500", "sequence")]
    [InlineData("rollouts?limit=500", "id")]
    [InlineData("tokens?limit=500", "id")]
    public async Task So_is_what_stays_of_versions_rollouts_and_tokens(string route, string key)
    {
        var stay = (await inventory.WalkAsync(route, key)).ToHashSet(StringComparer.Ordinal);

        var seen = await inventory.WalkAsync(route, key);

        Assert.True(stay.Count >= Inventory.Count);
        Assert.Equal(stay.Order(StringComparer.Ordinal), seen.Where(stay.Contains).Order(StringComparer.Ordinal));
        Assert.Equal(seen.Count, seen.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>10,000 of each, and writers that run while a list is walked.</summary>
    public sealed class Inventory : IAsyncLifetime
    {
        public const int Count = 10_000;

        private static readonly DateTimeOffset Soon = TimeProvider.System.GetUtcNow().AddDays(1);

        private ApiServer _server = null!;
        private int _next;

        public static IReadOnlyList<string> Kept { get; } = [.. Enumerable.Range(0, Count).Select(static i => $"keep-{i:00000}")];

        private IRecordStore Store => _server.Get<IRecordStore>();

        public async Task InitializeAsync()
        {
            _server = await ApiServer.StartAsync();
            await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, token) =>
            {
                await _server.PutAsync(Certificate(Kept[i], i));
                await _server.PutAsync(ListSeed.Target(Kept[i], Kept[0]));
                await Store.InsertAsync(VersionRecord.RowKey(Kept[0], i + 1), Version(i + 1), token);
                var rollout = RolloutId.New(Soon.AddSeconds(-i));
                await Store.InsertAsync(RolloutRecord.Key(rollout), Rollout(rollout), token);
                await _server.Get<TokenRecords>().IssueAsync("kept", [Role.Viewer], null, null, "test", token);
            });
        }

        public Task DisposeAsync() => _server.DisposeAsync().AsTask();

        /// <summary>Follows a list to its end, page by page, while others write.</summary>
        internal async Task<List<string>> WalkAsync(string route, string key)
        {
            using var ended = new CancellationTokenSource();
            var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(() => WriteAsync(writer, ended.Token))).ToArray();
            try
            {
                var (seen, after) = (new List<string>(), "");
                do
                {
                    var page = await _server.GetAsync($"/api/{route}{(route.Contains('?', StringComparison.Ordinal) ? "&" : "?")}{(route.Contains("limit", StringComparison.Ordinal) ? "" : "limit=497")}{after}");
                    Assert.Equal(200, page.Status);
                    seen.AddRange(page.Json["items"]!.AsArray().Select(item => item![key]!.ToString()));
                    after = page.Json["next"] is { } next ? $"&after={next}" : null;
                    Assert.Equal(after is null, !page.Headers.ContainsKey("Link"));
                }
                while (after is not null);
                return seen;
            }
            finally
            {
                await ended.CancelAsync();
                await Task.WhenAll(writers);
            }
        }

        private static LineageRecord Certificate(string name, int i) =>
            ListSeed.Certificate(name, Soon.AddHours(i % 9000), $"{name}.example.test", $"*.{name}.example.test", $"www.{name}.other.test");

        /// <summary>Inserts, changes and deletes until a walk has ended: what comes and goes between the others, and what others say of those that stay.</summary>
        private async Task WriteAsync(int writer, CancellationToken ended)
        {
            var (certificates, targets, random) = (_server.Get<CertificateRegistry>(), _server.Get<TargetRegistry>(), new Random(writer));
            while (!ended.IsCancellationRequested)
            {
                var name = $"come-{random.Next(99999):00000}-{Interlocked.Increment(ref _next)}";
                await _server.PutAsync(Certificate(name, random.Next(9000)));
                await _server.PutAsync(ListSeed.Target(name, Kept[0]));
                var kept = Kept[random.Next(Count)];
                var tags = new Dictionary<string, string>(StringComparer.Ordinal) { ["env"] = "prod", ["turn"] = name };
                try
                {
                    await certificates.DescribeAsync((await certificates.ReadAsync(kept, default))!, new LineageDetails(Tags: tags), default);
                    var target = (await targets.ReadAsync(kept, default))!;
                    await targets.ReplaceAsync(target, Described(target.Value, tags), default);
                }
                catch (RecordConflictException)
                {
                    // Another writer changed the same one.
                }

                await certificates.DescribeAsync((await certificates.ReadAsync(name, default))!, new LineageDetails("nobody"), default);
                await certificates.DeleteAsync((await certificates.ReadAsync(name, default))!, default);
                await targets.DeleteAsync((await targets.ReadAsync(name, default))!, default);
            }
        }

        private static TargetDescription Described(TargetRecord target, IReadOnlyDictionary<string, string> tags) => new()
        {
            Name = target.Name,
            Kind = target.Kind,
            Settings = target.Settings,
            Certificate = target.Certificate,
            Endpoints = target.Endpoints,
            Owner = target.Owner,
            Tags = tags,
        };

        private static VersionRecord Version(int sequence) => new()
        {
            Certificate = Kept[0],
            Sequence = sequence,
            Fingerprint = Fingerprint.Of([(byte)sequence, (byte)(sequence >> 8)]),
            Names = ["www.example.test"],
            Subject = "",
            Issuer = "",
            Serial = "01",
            NotBefore = Soon,
            NotAfter = Soon,
            KeyAlgorithm = "P256",
            SignatureAlgorithm = "",
            Leaf = [],
            Chain = [],
            Created = Soon,
        };

        private static RolloutRecord Rollout(string id) => new()
        {
            Id = id,
            Version = new VersionId(Kept[0], 1, Fingerprint.Of([1])),
            Targets = [],
            Reason = "test",
            By = "test",
            Correlation = "test",
            Started = Soon,
            State = RolloutState.Verified,
            Settled = Soon,
        };
    }
}
