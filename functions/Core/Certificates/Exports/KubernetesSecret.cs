using System.Security.Cryptography;
using System.Text;

namespace Certrelay.Certificates;

/// <summary>Writes a manifest that <c>kubectl apply -f</c> takes: https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets.</summary>
internal static class KubernetesSecret
{
    public static byte[] Write(ExportContent content)
    {
        var key = content.Bundle.PrivateKeyPem();
        byte[] keyText = [.. key, (byte)'\n'];
        var encodedKey = Base64Of(keyText);
        byte[] manifest =
        [
            .. Encoding.ASCII.GetBytes($"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {content.Name}\ntype: kubernetes.io/tls\ndata:\n  tls.crt: "),
            .. Base64Of(content.Bundle.FullChainPem()),
            .. "\n  tls.key: "u8,
            .. encodedKey,
            (byte)'\n',
        ];
        CryptographicOperations.ZeroMemory(key);
        CryptographicOperations.ZeroMemory(keyText);
        CryptographicOperations.ZeroMemory(encodedKey);
        return manifest;
    }

    private static byte[] Base64Of(byte[] text)
    {
        var base64 = new byte[System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(text.Length)];
        System.Buffers.Text.Base64.EncodeToUtf8(text, base64, out _, out _);
        return base64;
    }
}
