namespace CxPlatform.Mail;

/// <summary>
/// What the reader refuses to go beyond, so that a hostile message costs time and memory in proportion to its size. Beyond a limit nothing
/// throws: the excess is left undivided or unread and a warning says so; the caller still holds the raw message.
/// </summary>
public static class MimeLimits
{
    /// <summary>Levels of multipart inside multipart that are divided; deeper ones become one attachment each.</summary>
    public const int MaxDepth = 32;

    /// <summary>Parts of one message that are divided; the rest of the enclosing multipart becomes one attachment.</summary>
    public const int MaxParts = 2_000;

    /// <summary>Bytes of all header sections together; the part that exceeds them is the last that is divided.</summary>
    public const int MaxHeaderBytes = 8 << 20;

    /// <summary>Bytes of one header section (of the message or of a part) that are kept.</summary>
    public const int MaxHeaderSectionBytes = 1 << 20;

    /// <summary>Bytes of one header field that are kept.</summary>
    public const int MaxHeaderFieldBytes = 256 * 1024;

    /// <summary>Header fields of one section that are kept.</summary>
    public const int MaxHeaderFields = 4_000;

    /// <summary>Addresses of one header field that are kept.</summary>
    public const int MaxAddresses = 10_000;

    /// <summary>
    /// Bytes (plain and HTML together, after the transfer encoding) that become the message's text. A part that goes beyond is an
    /// attachment as well, so that the rest of it can be read.
    /// </summary>
    public const int MaxTextBytes = 8 << 20;

    /// <summary>Warnings of one message that are kept.</summary>
    public const int MaxWarnings = 64;
}
