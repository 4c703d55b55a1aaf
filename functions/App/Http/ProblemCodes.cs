using System.Reflection;
using System.Text;

namespace Certrelay.App.Http;

/// <summary>A kind of refusal: its stable code, its status, what it means and what to do. Codes are never renamed.</summary>
public sealed record ProblemCode(string Code, int Status, string Meaning, string Remedy)
{
    /// <summary>The problem type of RFC 9457 section 3.1.1.</summary>
    public string Type => $"urn:certrelay:problem:{Code}";
}

/// <summary>Every refusal that the API answers with; <c>docs/problems.md</c> is generated from this list.</summary>
public static class ProblemCodes
{
    public static readonly ProblemCode AccessUnauthenticated = new("access.unauthenticated", 401,
        "The call needs a valid token.",
        "Send the header Authorization: Bearer crt_... with a token that has neither expired nor been revoked.");

    public static readonly ProblemCode AccessDenied = new("access.denied", 403,
        "The token lacks the permission that this call needs.",
        "Use a token with a role that has it; docs/permissions.md lists them.");

    public static readonly ProblemCode AccessScope = new("access.scope", 403,
        "The call touches a name outside the token's scope.",
        "Use a token whose scope covers the name.");

    public static readonly ProblemCode BodyMissing = new("body.missing", 400,
        "The call needs a body.",
        "Send one of the documented content types.");

    public static readonly ProblemCode BodyMalformed = new("body.malformed", 400,
        "The body is not JSON.",
        "Send JSON in UTF-8 (RFC 8259).");

    public static readonly ProblemCode BodyInvalid = new("body.invalid", 400,
        "The body does not have the documented shape.",
        "Mend what the faults list; each names its place as a JSON pointer (RFC 6901).");

    public static readonly ProblemCode BodyTooLarge = new("body.too-large", 413,
        "The body is larger than the limit.",
        "Send less in one call, or raise the setting Http:BodyLimit.");

    public static readonly ProblemCode BodyTooSlow = new("body.too-slow", 408,
        "The body did not arrive in time.",
        "Send it again over a faster connection, or raise the setting Http:BodyTimeout.");

    public static readonly ProblemCode BodyType = new("body.type", 415,
        "The call does not take this content type.",
        "Send one of the documented content types, without a content encoding.");

    public static readonly ProblemCode QueryInvalid = new("query.invalid", 400,
        "A query parameter is unknown or has no valid value.",
        "Mend what the faults list; the API document names each call's parameters.");

    public static readonly ProblemCode RequestInvalid = new("request.invalid", 400,
        "The request is not well-formed HTTP, or a header has no valid value.",
        "Check the client that sent it.");

    public static readonly ProblemCode RequestRefused = new("request.refused", 422,
        "The request is well formed and is refused for what it says; nothing was stored or changed.",
        "Each finding or fault says what is wrong and what to do.");

    public static readonly ProblemCode ResourceUnknown = new("resource.unknown", 404,
        "There is nothing of this name.",
        "Check the name; listings show those that exist.");

    public static readonly ProblemCode RouteUnknown = new("route.unknown", 404,
        "There is no such path.",
        "The API document at /api/openapi.json lists every path.");

    public static readonly ProblemCode RouteMethod = new("route.method", 405,
        "The path does not take this method.",
        "Use one of the methods in the header Allow.");

    public static readonly ProblemCode PreconditionRequired = new("precondition.required", 428,
        "The change must say which state it was made for.",
        "Read the resource and send its ETag in the header If-Match.");

    public static readonly ProblemCode PreconditionFailed = new("precondition.failed", 412,
        "The resource has changed since it was read.",
        "Read it again, and repeat the change on what it is now.");

    public static readonly ProblemCode RecordConflict = new("record.conflict", 409,
        "Somebody else changed the same thing at the same time.",
        "Read it again, and repeat the call if it is still wanted.");

    public static readonly ProblemCode RecordUnreadable = new("record.unreadable", 500,
        "A stored record cannot be read.",
        "Restore it from a backup; the log names table, partition and row.");

    public static readonly ProblemCode StoreUnavailable = new("store.unavailable", 503,
        "The records cannot be reached at the moment; nothing was changed by this call unless its audit rows say so.",
        "Repeat the call after the delay in Retry-After; look at the disk or the storage account if it lasts.");

    public static readonly ProblemCode OutsideUnavailable = new("outside.unavailable", 503,
        "Something that this call depends on cannot be reached at the moment.",
        "Repeat the call after the delay in Retry-After.");

    public static readonly ProblemCode OutsideRefused = new("outside.refused", 502,
        "Something that this call depends on refused it.",
        "The detail has the code of the cause; repeating the call does not help.");

    public static readonly ProblemCode ReasonRequired = new("reason.required", 400,
        "A person must answer for this call.",
        "Send why it is made: as ?reason=, or as the field reason of a JSON body.");

    public static readonly ProblemCode ReasonInvalid = new("reason.invalid", 400,
        "The reason is not one line of at most 500 characters.",
        "Send a sentence without control characters.");

    public static readonly ProblemCode IdempotencyKeyInvalid = new("idempotency.key-invalid", 400,
        "The Idempotency-Key is not 1 to 255 visible ASCII characters.",
        "Send a UUID, one for each thing to be done.");

    public static readonly ProblemCode IdempotencyNotOffered = new("idempotency.not-offered", 400,
        "This call cannot be repeated under an Idempotency-Key.",
        "Leave the header out, and look whether the first call did its work before it is repeated.");

    public static readonly ProblemCode IdempotencyMismatch = new("idempotency.mismatch", 422,
        "The Idempotency-Key was used for another request.",
        "Use a new key for each thing to be done.");

    public static readonly ProblemCode IdempotencyInProgress = new("idempotency.in-progress", 409,
        "The first call under this Idempotency-Key is still running.",
        "Repeat the call after the delay in Retry-After.");

    public static readonly ProblemCode CertificateInUse = new("certificate.in-use", 409,
        "The certificate is still needed: targets shall serve it, or a rollout brings it to some.",
        "Give the targets another certificate or delete them, and wait for the rollouts or cancel them.");

    public static readonly ProblemCode CertificateNotExportable = new("certificate.not-exportable", 409,
        "The certificate is marked as not exportable, which is never taken back.",
        "Have it deployed by a target. Where its key must leave, upload a certificate with a new key under another name.");

    public static readonly ProblemCode DownloadNotPossible = new("download.not-possible", 409,
        "The version has not what this form is made of.",
        "Choose another form or version, or upload what is missing: the key, the intermediates, or the root.");

    public static readonly ProblemCode RequestsTooMany = new("requests.too-many", 409,
        "So many requests of the certificate wait for what an authority issues that one more is a mistake.",
        "Upload the certificates that were issued, or drop the requests that are not needed any more.");

    public static readonly ProblemCode PassphraseInvalid = new("passphrase.invalid", 400,
        "The header Certrelay-Passphrase is not 8 to 128 printable ASCII characters.",
        "Send one of that form, or leave the header out: one is drawn then, and the answer bears it.");

    public static readonly ProblemCode PlanChanged = new("plan.changed", 409,
        "What the plan stands on has changed since it was made; nothing was begun.",
        "Look at the plan in this answer, then repeat the call with it.");

    public static readonly ProblemCode AccountInUse = new("account.in-use", 409,
        "Targets name the account.",
        "Delete those targets, or have them name another account, then repeat the call.");

    public static readonly ProblemCode AccountExists = new("account.exists", 409,
        "There is an account of this name, or one is being deleted.",
        "Choose another name, or change the one that is there with PATCH.");

    public static readonly ProblemCode TargetExists = new("target.exists", 409,
        "There is a target of this name.",
        "Choose another name, or change the one that is there with PUT.");

    public static readonly ProblemCode TargetBusy = new("target.busy", 409,
        "A rollout works on the target.",
        "Wait until it has settled, or cancel it.");

    public static readonly ProblemCode RolloutUnchanged = new("rollout.unchanged", 409,
        "The command changed no step of the rollout.",
        "The member refused tells the reason for each target.");

    public static readonly ProblemCode TokenLastAdmin = new("token.last-admin", 409,
        "Without this token nobody could make another one.",
        "Make another admin token without scope and expiry first.");

    public static readonly ProblemCode ServerError = new("server.error", 500,
        "The call failed for a reason that is not yours.",
        "Look in the log for the correlation id, and report it.");

    /// <summary>All codes, ordered.</summary>
    public static IReadOnlyList<ProblemCode> All { get; } =
    [
        .. typeof(ProblemCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(static field => field.FieldType == typeof(ProblemCode))
            .Select(static field => (ProblemCode)field.GetValue(null)!)
            .OrderBy(static code => code.Code, StringComparer.Ordinal),
    ];

    /// <summary>The list as a page of the documentation.</summary>
    public static string ToMarkdown()
    {
        var page = new StringBuilder("# Problems\n\n")
            .Append("Refusals are `application/problem+json` (RFC 9457); `code` is stable, `correlation` is what the log knows the call by, ")
            .Append("and `faults` or `findings` list everything that is wrong at once. Generated from `ProblemCodes.cs`.\n\n")
            .Append("| code | status | meaning | remedy |\n| --- | --- | --- | --- |\n");
        foreach (var code in All)
            page.Append($"| `{code.Code}` | {code.Status} | {code.Meaning} | {code.Remedy} |\n");
        return page.ToString();
    }
}
