namespace Certrelay.Outgoing.Probing;

/// <summary>Why a server ended a handshake, by the number that it sent (RFC 8446 section 6).</summary>
public readonly record struct TlsAlert(byte Description)
{
    /// <summary>The server does not speak the versions offered.</summary>
    public bool IsProtocolVersion => Description == 70;

    /// <summary>The server has no host of the name in SNI (RFC 6066 section 3).</summary>
    public bool IsUnrecognizedName => Description == 112;

    /// <summary>The name in the standard, or the number where it has none.</summary>
    public override string ToString() => Description switch
    {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        22 => "record_overflow",
        40 => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => $"alert {Description}",
    };
}
