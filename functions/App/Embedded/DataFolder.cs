namespace Certrelay.App.Embedded;

/// <summary>Where the embedded edition keeps what it keeps.</summary>
public sealed record DataFolder
{
    /// <summary>Makes the folder, for its owner alone, unless it is there.</summary>
    public DataFolder(string path)
    {
        Root = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(Root))
            OwnerOnly.CreateFolder(Root);
    }

    public string Root { get; }

    public string Database => System.IO.Path.Combine(Root, "certrelay.db");

    public string Vault => System.IO.Path.Combine(Root, "vault");

    public string MasterKey => System.IO.Path.Combine(Root, "master.key");
}
