using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Certrelay.Certificates;
using Certrelay.Targets.Calls;
using Certrelay.Targets.Signing;

namespace Certrelay.Targets.Azure;

/// <summary>A token of the identity platform for one piece of work, by the account's client secret (RFC 6749 section 4.4).</summary>
internal sealed partial class AzureToken(CloudSession session)
{
    private const string LoginHost = "login.microsoftonline.com";
    private const string Scope = "https://vault.azure.net/.default";

    private string? _text;

    /// <summary>The token, asked for at its first use; throws as <see cref="CloudSession.SendAsync"/> does.</summary>
    public async Task<string> GetAsync(CancellationToken cancellationToken)
    {
        if (_text is not null)
            return _text;
        var tenant = session.Account.Tenant ?? throw new Permanent(FindingCodes.CloudCredentials.Code, $"The account {session.Account.Name} names no tenant.");
        using var call = new CloudCall
        {
            Action = AzureActions.Token,
            Resource = tenant,
            Request = new CloudRequest
            {
                Method = "POST",
                Endpoint = session.Endpoint(LoginHost),
                Path = [tenant, "oauth2", "v2.0", "token"],
                Content = Form(session.Account.KeyId, session.Account.Secret.Span),
            },
            // The secret is in the body.
            Sign = static (_, _, _) => [],
            Judge = AzureErrors.JudgeToken,
        };
        using var answer = await session.SendAsync(call, cancellationToken);
        return _text = answer.Json(TokenJson.Default.Grant).AccessToken;
    }

    /// <summary>The form, with the secret's bytes written as they are and never as a text, which nothing could zero.</summary>
    private static CloudContent Form(string client, ReadOnlySpan<byte> secret)
    {
        var before = System.Text.Encoding.ASCII.GetBytes($"grant_type=client_credentials&client_id={client}&scope={Uri.EscapeDataString(Scope)}&client_secret=");
        var encoded = new byte[secret.Length * 3];
        var length = 0;
        foreach (var one in secret)
        {
            if (char.IsAsciiLetterOrDigit((char)one) || one is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~')
            {
                encoded[length++] = one;
                continue;
            }

            encoded[length++] = (byte)'%';
            encoded[length++] = (byte)"0123456789ABCDEF"[one >> 4];
            encoded[length++] = (byte)"0123456789ABCDEF"[one & 15];
        }

        var form = new byte[before.Length + length];
        before.CopyTo(form, 0);
        encoded.AsSpan(0, length).CopyTo(form.AsSpan(before.Length));
        CryptographicOperations.ZeroMemory(encoded);
        return new CloudContent("application/x-www-form-urlencoded", form);
    }

    private sealed record Grant([property: JsonPropertyName("access_token")] string AccessToken);

    [JsonSerializable(typeof(Grant))]
    private sealed partial class TokenJson : JsonSerializerContext;
}
