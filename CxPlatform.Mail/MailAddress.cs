namespace CxPlatform.Mail;

/// <summary>A mailbox (RFC 5322 section 3.4): what people see and where mail goes.</summary>
/// <param name="Name">The decoded display name, or null when there is none.</param>
/// <param name="Address">
/// <c>local@domain</c> without angle brackets. An address that was read may lack the domain (<c>root</c>), as local systems write it, and is
/// empty where a sender gave a name alone.
/// </param>
public sealed record MailAddress(string? Name, string Address)
{
    public MailAddress(string address) : this(null, address) { }

    public string? Name { get; init; } = DisplayName.Plain(Name);

    /// <summary>What follows the last <c>@</c>, or the empty string.</summary>
    public string Domain => Address.LastIndexOf('@') is var at and >= 0 ? Address[(at + 1)..] : "";

    /// <summary>What precedes the last <c>@</c>, or all of it.</summary>
    public string LocalPart => Address.LastIndexOf('@') is var at and >= 0 ? Address[..at] : Address;

    /// <summary>Reads a list of addresses as a header field holds it; never throws, leaves out what has no address.</summary>
    public static IReadOnlyList<MailAddress> ParseList(string? text) => AddressParser.Parse(text ?? "", new WarningList());

    public override string ToString() => Name is null ? Address : $"{Name} <{Address}>";
}
