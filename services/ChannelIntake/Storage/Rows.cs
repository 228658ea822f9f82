using System.Text.Json;
using CxPlatform.Contracts;
using CxPlatform.Messaging;

namespace CxPlatform.Intake;

/// <summary>A contact: what it was understood as, and the bytes it came as.</summary>
internal sealed class ContactRow
{
    public Guid Id { get; set; }

    /// <summary>The word of the channel; with <see cref="ProviderId"/> unique.</summary>
    public string Channel { get; set; } = "";
    public string ProviderId { get; set; } = "";

    /// <summary>Whose it was on arrival; a merge does not rewrite it.</summary>
    public Guid CustomerId { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public DateTimeOffset StoredAt { get; set; }
    public string Automatic { get; set; } = "";

    /// <summary>A <see cref="ContactState"/>.</summary>
    public string State { get; set; } = "";

    /// <summary>A <see cref="ContactDocument"/> as JSON.</summary>
    public string Document { get; set; } = "";

    /// <summary>Media type of the raw contact.</summary>
    public string RawType { get; set; } = "";

    /// <summary>The raw contact, when it is small.</summary>
    public byte[]? Raw { get; set; }

    /// <summary>Its content hash, when it is not.</summary>
    public string? RawBlob { get; set; }
    public DateTimeOffset? ErasedAt { get; set; }

    /// <summary>The case it opened or joined.</summary>
    public string? CaseNumber { get; set; }
}

/// <summary>Something that came in and is not read yet. It goes, in one transaction, when its contact is stored.</summary>
internal sealed class ArrivalRow
{
    /// <summary>The id that its contact will have.</summary>
    public Guid Id { get; set; }
    public string Channel { get; set; } = "";

    /// <summary>When it became durable.</summary>
    public DateTimeOffset TakenAt { get; set; }

    /// <summary>Who reads it: the <see cref="IRawReader.Name"/>.</summary>
    public string Reader { get; set; } = "";

    /// <summary>An <see cref="Intake.Envelope"/> as JSON.</summary>
    public string Envelope { get; set; } = "";
    public string RawType { get; set; } = "";

    /// <summary>The bytes, when they are few.</summary>
    public byte[]? Raw { get; set; }

    /// <summary>Their content hash, when they are not.</summary>
    public string? RawBlob { get; set; }

    /// <summary>How often somebody set out to read it.</summary>
    public int Attempts { get; set; }

    /// <summary>When it is tried next.</summary>
    public DateTimeOffset Due { get; set; }

    /// <summary>What the last attempt met; null while it is under way.</summary>
    public string? Fault { get; set; }

    public RawArrival ToRaw(int attempts) => new(
        Id, Reader, Words.Read<Channel>(Channel), TakenAt, RawType, JsonSerializer.Deserialize<Envelope>(Envelope, EventTypes.Json)!, Raw,
        RawBlob, attempts);
}

/// <summary>The case of what a provider knows as one thing, such as a call.</summary>
internal sealed class ContactThreadRow
{
    public string Channel { get; set; } = "";

    /// <summary>The provider's name of it.</summary>
    public string Thread { get; set; } = "";

    /// <summary>The contact that came first, and so its case.</summary>
    public Guid CaseId { get; set; }

    /// <summary>The first contact that said who it is from.</summary>
    public Guid? Caller { get; set; }
}

/// <summary>Which contacts refer to a blob: erasure deletes it when the last one has gone.</summary>
internal sealed class ContactBlobRow
{
    public Guid ContactId { get; set; }
    public string Hash { get; set; } = "";
}

/// <summary>A decision of people about a sender.</summary>
internal sealed class SenderRuleRow
{
    /// <summary>An address, or a domain with all below it.</summary>
    public string Pattern { get; set; } = "";

    /// <summary>A <see cref="SenderVerdict"/>.</summary>
    public string Verdict { get; set; } = "";
    public string? Note { get; set; }
    public string Actor { get; set; } = "";
    public DateTimeOffset CreatedAt { get; set; }
}

internal sealed class CustomerRow
{
    public Guid Id { get; set; }
    public string? Name { get; set; }

    /// <summary>The name by <see cref="Names.KeyOf"/>, to search by.</summary>
    public string? NameKey { get; set; }

    /// <summary>Staff wrote the name: no contact changes it.</summary>
    public bool NameByStaff { get; set; }
    public string? Language { get; set; }
    public string? TimeZone { get; set; }

    /// <summary><see cref="Customers.Preferences"/> as JSON.</summary>
    public string? Preferences { get; set; }
    public Guid? OrganisationId { get; set; }

    /// <summary>Staff said whether and where they belong: no mail domain changes it.</summary>
    public bool OrganisationByStaff { get; set; }

    /// <summary>The customer that this one is known as since a merge.</summary>
    public Guid? MergedInto { get; set; }
    public DateTimeOffset? MergedAt { get; set; }

    /// <summary>JSON list of the identities that moved with the merge, so that they can move back.</summary>
    public string? MergedIdentities { get; set; }

    /// <summary><see cref="Customers.TakenOver"/> as JSON: what the other customer took from this one, so that it can be given back.</summary>
    public string? MergedFields { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
    public DateTimeOffset? ErasedAt { get; set; }
}

internal sealed class IdentityRow
{
    public string Kind { get; set; } = "";
    public string Value { get; set; } = "";
    public Guid CustomerId { get; set; }

    /// <summary>Of a mail address.</summary>
    public string? Domain { get; set; }

    /// <summary>Whoever is behind it has shown that it is theirs.</summary>
    public bool Verified { get; set; }
    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A company or club that customers belong to.</summary>
internal sealed class OrganisationRow
{
    public Guid Id { get; set; }
    public string Name { get; set; } = "";
    public string NameKey { get; set; } = "";
    public string? Tier { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>It has no domains any more, and its members are being told.</summary>
    public DateTimeOffset? DeletedAt { get; set; }
}

/// <summary>Whose a mail domain is, as staff decided.</summary>
internal sealed class OrganisationDomainRow
{
    public string Domain { get; set; } = "";

    /// <summary>Null: it is no organisation's, and is not proposed again.</summary>
    public Guid? OrganisationId { get; set; }
}

/// <summary>Two customers that are not one person, as staff decided: the smaller id first.</summary>
internal sealed class DistinctCustomersRow
{
    public Guid One { get; set; }
    public Guid Other { get; set; }
}

/// <summary>What one channel stored in one hour, counted in the transactions that stored it.</summary>
internal sealed class TallyRow
{
    public DateTimeOffset Hour { get; set; }
    public string Channel { get; set; } = "";

    /// <summary>Everything that became durable; the counts below say what became of it, what is not read yet is in its own table.</summary>
    public long Received { get; set; }
    public long Stored { get; set; }
    public long Duplicates { get; set; }
    public long Automatic { get; set; }

    /// <summary>Taken, and then refused to its sender's face: an Idempotency-Key that was used for something else.</summary>
    public long Refused { get; set; }

    /// <summary>A provider's news of nothing that a customer did: a receipt, the progress of a call; and what was erased before it was read.
    /// </summary>
    public long Ignored { get; set; }
}
