using Certrelay.App.Embedded.Sqlite;
using Certrelay.Records;
using Certrelay.Tests.Support;

namespace Certrelay.Tests.Http;

public sealed class FirstTokenTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();
    private SqliteFile _file = null!;
    private SqliteRecordStore _store = null!;

    private string TokenFile => _folder["admin-token"];

    public Task InitializeAsync()
    {
        _file = new SqliteFile(_folder["records.db"]);
        _store = new SqliteRecordStore(_file);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_first_start_makes_a_token_in_a_file_of_the_owner_alone()
    {
        var made = await EnsureAsync();

        Assert.Equal(TokenFile, made.File);
        Assert.Equal(made.Text + "\n", await File.ReadAllTextAsync(TokenFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
        Assert.Equal([Role.Admin], (await AuthenticateAsync(made.Text))!.Value.Roles);
        Assert.Null((await EnsureAsync()).Text);
    }

    [Fact]
    public async Task Starts_at_once_agree_on_one_token()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(EnsureAsync)));

        var text = Assert.Single(all.Select(one => one.Text).OfType<string>().Distinct());
        Assert.Equal(text + "\n", await File.ReadAllTextAsync(TokenFile));
        Assert.NotNull(await AuthenticateAsync(text));
        Assert.Empty(Pending());
    }

    [Fact]
    public async Task A_crash_after_the_row_leaves_the_token_to_the_next_start()
    {
        var made = await EnsureAsync();
        File.Move(TokenFile, _folder["admin-token.crashed.pending"]);
        await File.WriteAllTextAsync(_folder["admin-token.older.pending"], "crt_admin_other\n");

        var adopted = await EnsureAsync();

        Assert.Equal(made.Text, adopted.Text);
        Assert.Equal(made.Text + "\n", await File.ReadAllTextAsync(TokenFile));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(TokenFile));
        Assert.Empty(Pending());
    }

    [Fact]
    public async Task A_crash_before_the_row_is_forgotten()
    {
        await File.WriteAllTextAsync(_folder["admin-token.crashed.pending"], "crt_admin_other\n");

        var made = await EnsureAsync();

        Assert.NotNull(await AuthenticateAsync(made.Text));
        Assert.Empty(Pending());
    }

    private string[] Pending() => Directory.GetFiles(_folder.Path, "*.pending");

    private Task<FirstToken> EnsureAsync() => FirstToken.EnsureAsync(_store, _folder.Path, _time, CancellationToken.None);

    private Task<Stored<TokenRecord>?> AuthenticateAsync(string? text) => new TokenRecords(_store, _time).AuthenticateAsync(text, CancellationToken.None);
}
