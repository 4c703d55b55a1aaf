using System.Text;

namespace Certrelay.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("certrelay-");

    private string Target => Path.Combine(_folder.FullName, "tls.key");

    [Fact]
    public void Replace_keeps_the_mode_that_was_asked_for_and_leaves_no_temporary_file()
    {
        AtomicFile.Replace(Target, "one"u8, FileStamp.OwnerOnly);
        AtomicFile.Replace(Target, "two"u8, AtomicFile.StampOf(Target)!.Value);

        Assert.Equal("two", File.ReadAllText(Target, Encoding.ASCII));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task Of_many_creators_exactly_one_wins()
    {
        const int Creators = 16;
        using var line = new Barrier(Creators);
        // All start together, often enough that two meet between looking and renaming.
        for (var round = 0; round < 100; round++)
        {
            var path = Path.Combine(_folder.FullName, $"round{round}");
            bool Create(int creator)
            {
                line.SignalAndWait();
                return AtomicFile.Create(path, [(byte)creator], FileStamp.OwnerOnly);
            }

            var results = await Task.WhenAll(Enumerable.Range(0, Creators).Select(creator =>
                Task.Factory.StartNew(() => Create(creator), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            Assert.Single(results, won => won);
            Assert.Equal((byte)Array.IndexOf(results, true), Assert.Single(File.ReadAllBytes(path)));
            Assert.Equal(round + 1, _folder.GetFiles().Length);
        }
    }

    [Fact]
    public void A_failed_replace_leaves_the_former_content_and_no_temporary_file()
    {
        Directory.CreateDirectory(Target);

        Assert.ThrowsAny<IOException>(() => AtomicFile.Replace(Target, "x"u8, FileStamp.OwnerOnly));

        Assert.Empty(_folder.GetFiles());
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
