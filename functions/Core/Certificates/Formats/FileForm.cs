namespace Certrelay.Certificates;

/// <summary>What a file is, told by its first bytes and structure; names and media types are often wrong.</summary>
internal enum FileForm
{
    /// <summary>Text with or without PEM blocks, and whatever nobody knows.</summary>
    Text,
    Certificate,
    PrivateKey,
    EncryptedPrivateKey,
    Pkcs7,
    Pkcs12,
    JavaKeystore,
    Archive,

    /// <summary>Base64 of a file, without the lines of PEM.</summary>
    Base64,

    /// <summary>Begins as a DER or BER structure and ends too early, or holds something that none of the others is.</summary>
    Damaged,
    Request,
    RevocationList,
    PublicKey,
    JceKeystore,
    Gzip,
    SevenZip,
    Rar,
    Pdf,
    PuttyKey,
    Html,
}

/// <summary>What a form is called, and what somebody who has such a file does with it.</summary>
internal static class FileForms
{
    extension(FileForm form)
    {
        /// <summary>For a scope: <c>file 1 (PKCS#12)</c>.</summary>
        public string Name => form switch
        {
            FileForm.Certificate => "DER certificate",
            FileForm.PrivateKey or FileForm.EncryptedPrivateKey => "DER key",
            FileForm.Pkcs7 => "PKCS#7",
            FileForm.Pkcs12 => "PKCS#12",
            FileForm.JavaKeystore => "JKS",
            FileForm.Archive => "ZIP",
            FileForm.Base64 => "Base64",
            FileForm.Text => "text",
            _ => "binary",
        };

        /// <summary>The rest of a sentence that begins with the file; null for a form that is read.</summary>
        public string? WhyNot => form switch
        {
            FileForm.Request => "is a request for a certificate, not the certificate that was issued for it",
            FileForm.RevocationList => "is a revocation list",
            FileForm.PublicKey => "is a public key; the certificate holds it already, what is needed is the private key",
            FileForm.Pdf => "is a PDF document",
            FileForm.Html => "is a web page, perhaps saved in place of the download",
            _ => null,
        };

        /// <summary>The same for what would have to be turned into another form first.</summary>
        public string? TurnInto => form switch
        {
            FileForm.JceKeystore => "is a JCEKS keystore; turn it into PKCS#12 with: keytool -importkeystore -srckeystore FILE -srcstoretype JCEKS -destkeystore store.p12 -deststoretype PKCS12",
            FileForm.Gzip => "is packed with gzip; unpack it, or send a ZIP archive",
            FileForm.SevenZip => "is a 7z archive; send its files, or a ZIP archive",
            FileForm.Rar => "is a RAR archive; send its files, or a ZIP archive",
            FileForm.PuttyKey => "is a key for PuTTY; keys of TLS servers are PKCS#8, PKCS#1 or SEC1",
            _ => null,
        };
    }
}
