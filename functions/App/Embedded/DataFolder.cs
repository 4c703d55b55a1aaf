namespace Certrelay.App.Embedded;

/// <summary>Where the embedded edition keeps what it keeps.</summary>
public sealed record DataFolder
{
    /// <summary>The folder of the vault within; for who must not make the data folder by looking at it.</summary>
    internal const string VaultName = "vault";

    /// <summary>Makes the folder, for its owner alone, unless it is there.</summary>
    public DataFolder(string path)
    {
        Root = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(Root))
            OwnerOnly.CreateFolder(Root);
    }

    public string Root { get; }

    public string Database => System.IO.Path.Combine(Root, "certrelay.db");

    public string Vault => System.IO.Path.Combine(Root, VaultName);

    /// <summary>The file that every serving process holds a lock on.</summary>
    public string ServingMark => System.IO.Path.Combine(Root, ".serving");

    public string MasterKey => System.IO.Path.Combine(Root, "master.key");
}
