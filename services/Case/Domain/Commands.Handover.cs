namespace CxPlatform.Cases.Domain;

/// <summary>What whoever takes a case reads first.</summary>
/// <param name="Stay">Promises that stay with whoever made them.</param>
internal sealed record HandoverNote(string Done, string Next, string? Promised, string? Beware, IReadOnlyList<Guid> Stay);

internal sealed record AcknowledgeHandover(Person By) : CaseCommand;
