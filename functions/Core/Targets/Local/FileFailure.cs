using Certrelay.Certificates;

namespace Certrelay.Targets.Local;

/// <summary>Names the two kinds of failure behind the file system's exceptions. No message of the framework holds content.</summary>
internal static class FileFailure
{
    public static bool IsOne(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>A permission or a missing folder does not pass by itself; a full disk or an input error may.</summary>
    public static Failure Of(string id, Exception exception) => exception switch
    {
        UnauthorizedAccessException => new Permanent(FindingCodes.TargetRefused.Code, $"{id}: {exception.Message}", exception),
        DirectoryNotFoundException or FileNotFoundException =>
            new Permanent(FindingCodes.TargetMissing.Code, $"{id}: {exception.Message}", exception),
        _ => new Transient(FindingCodes.TargetRefused.Code, $"{id}: {exception.Message}", cause: exception),
    };
}
