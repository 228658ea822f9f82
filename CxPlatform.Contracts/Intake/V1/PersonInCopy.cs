namespace CxPlatform.Contracts.Intake.V1;

/// <summary>Somebody whom a contact was sent to beside us.</summary>
/// <param name="Address">A mail address: in lower case, the domain in ASCII.</param>
/// <param name="Name">As the sender wrote it; null where there was none.</param>
/// <param name="CustomerId">Whose address it is, if that is known.</param>
public sealed record PersonInCopy([property: Personal] string Address, [property: Personal] string? Name = null, Guid? CustomerId = null);
