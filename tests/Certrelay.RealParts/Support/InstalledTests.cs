namespace Certrelay.RealParts.Support;

public sealed class InstalledTests
{
    [Fact]
    public void Missing_program_skips_a_test_with_its_reason_but_never_where_all_must_run()
    {
        Assert.Equal("not installed: no-such-program", Installed.WhyNot(["sh", "no-such-program"], mustRun: false));
        Assert.Null(Installed.WhyNot(["sh"], mustRun: false));
        Assert.Null(Installed.WhyNot(["no-such-program"], mustRun: true));
        Assert.Throws<FileNotFoundException>(() => Installed.PathOf("no-such-program"));
    }
}
