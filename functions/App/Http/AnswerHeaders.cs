using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Certrelay.App.Http;

/// <summary>The headers of every answer, and the id that joins what one request causes.</summary>
internal static class AnswerHeaders
{
    public const string Correlation = "X-Correlation-Id";

    /// <summary>The trace id of the activity or of the header traceparent (W3C Trace Context); a new one where neither is.</summary>
    public static string CorrelationOf(HttpRequest request)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity)
            return activity.TraceId.ToHexString();
        return ActivityContext.TryParse(request.Headers.TraceParent, traceState: null, out var context)
            ? context.TraceId.ToHexString()
            : ActivityTraceId.CreateRandom().ToHexString();
    }

    /// <summary>Sets what browsers and caches must know; a function may put other values in their place.</summary>
    public static void Set(HttpContext context, string correlation)
    {
        var headers = context.Response.Headers;
        headers[Correlation] = correlation;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.IsHttps)
            headers.StrictTransportSecurity = "max-age=31536000";
    }
}
