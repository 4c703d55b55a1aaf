namespace Certrelay.Certificates;

/// <summary>The words that settings have for kinds of signatures: scheme and hash.</summary>
internal static class SignatureWords
{
    /// <summary>Every word; weak hashes have none, they are refused anyway.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. new[] { "rsa", "rsa-pss", "ecdsa" }.SelectMany(static scheme => new[] { "256", "384", "512" }.Select(bits => $"{scheme}-sha{bits}")),
        "sm2-sm3", "ed25519",
    ];

    extension(SignatureAlgorithm algorithm)
    {
        /// <summary>The word for an algorithm; null where settings have none.</summary>
        public string? Word
        {
            get
            {
                if (algorithm.IsSm2 || algorithm.IsEd25519)
                    return algorithm.IsSm2 ? "sm2-sm3" : "ed25519";
                var scheme = algorithm.IsRsaPkcs1 ? "rsa" : algorithm.IsRsaPss ? "rsa-pss" : algorithm.IsEcdsa ? "ecdsa" : null;
                return All.FirstOrDefault(word => word == $"{scheme}-{algorithm.Hash?.Name?.ToLowerInvariant()}");
            }
        }
    }
}
