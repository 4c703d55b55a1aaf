using Certrelay.Targets.Local;

namespace Certrelay.Tests.Targets;

public sealed class LocalFolderTests : IDisposable
{
    private readonly LocalHost _host = new();
    private readonly string _outside;

    public LocalFolderTests() => _outside = Directory.CreateDirectory(Path.Combine(_host.Outside, "outside")).FullName;

    [Fact]
    public void Folder_below_the_root_is_opened()
    {
        Directory.CreateDirectory(_host.PathOf("shop/live"));

        Assert.Equal(("sites/shop/live", _host.PathOf("shop/live/key.pem")), (Open("shop/live").Id, Open("shop/live").PathOf("key.pem")));
        Assert.Equal(("sites", _host.PathOf("key.pem")), (Open(null).Id, Open(null).PathOf("key.pem")));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/etc")]
    [InlineData("")]
    public void Path_that_leaves_by_itself_is_refused(string folder) => Assert.Equal("target.refused", Fail(() => Open(folder)).Code);

    [Theory]
    [InlineData("absolute", "/etc")]
    [InlineData("relative", "../outside")]
    [InlineData("through the root and out", "shop/../../outside")]
    [InlineData("a neighbour whose name begins alike", "../sites-of-others")]
    [InlineData("to itself", "link")]
    public void Linked_folder_that_leaves_is_refused(string description, string target)
    {
        Assert.NotEmpty(description);
        Directory.CreateDirectory(_host.PathOf("shop"));
        Directory.CreateDirectory(_host.Root + "-of-others");
        Directory.CreateSymbolicLink(_host.PathOf("link"), target);

        Assert.Equal("target.refused", Fail(() => Open("link")).Code);
    }

    [Fact]
    public void Link_above_the_folder_that_leaves_is_refused()
    {
        Directory.CreateDirectory(Path.Combine(_outside, "live"));
        Directory.CreateSymbolicLink(_host.PathOf("shop"), _outside);

        Assert.Equal("target.refused", Fail(() => Open("shop/live")).Code);
    }

    [Fact]
    public void Linked_file_that_leaves_is_refused()
    {
        File.CreateSymbolicLink(_host.PathOf("key.pem"), Path.Combine(_outside, "key.pem"));

        Assert.Equal("target.refused", Fail(() => Open(null).PathOf("key.pem")).Code);
    }

    [Fact]
    public void Links_inside_the_root_are_followed()
    {
        Directory.CreateDirectory(_host.PathOf("archive/shop"));
        Directory.CreateDirectory(_host.PathOf("live"));
        Directory.CreateSymbolicLink(_host.PathOf("live/shop"), "../archive/shop");
        File.CreateSymbolicLink(_host.PathOf("archive/shop/key.pem"), "key3.pem");

        Assert.Equal(_host.PathOf("archive/shop/key3.pem"), Open("live/shop").PathOf("key.pem"));
    }

    [Fact]
    public void Root_may_itself_be_a_link()
    {
        var link = Path.Combine(_host.Outside, "linked-root");
        Directory.CreateSymbolicLink(link, _host.Root);

        Assert.Equal(_host.PathOf("key.pem"), Open(link, null).PathOf("key.pem"));
    }

    [Fact]
    public void Missing_root_and_missing_folder_are_told()
    {
        Assert.Equal("target.missing", Fail(() => LocalFolder.Open(new LocalOptions(), "sites", null)).Code);
        Assert.Equal("target.missing", Fail(() => Open("shop")).Code);
        File.WriteAllText(_host.PathOf("file"), "");
        Assert.Equal("target.missing", Fail(() => Open("file")).Code);
    }

    public void Dispose() => _host.Dispose();

    private static Permanent Fail(Func<object> action) => Assert.Throws<Permanent>(action);

    private LocalFolder Open(string? folder) => Open(_host.Root, folder);

    private static LocalFolder Open(string root, string? folder) =>
        LocalFolder.Open(new LocalOptions { Roots = new Dictionary<string, string> { ["sites"] = root } }, "sites", folder);
}
