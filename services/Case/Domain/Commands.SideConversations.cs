using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;

namespace CxPlatform.Cases.Domain;

/// <summary>Somebody else is asked by mail.</summary>
/// <param name="Awaited">The case waits for the answer: for whom, in words that the customer reads. Null: it does not wait.</param>
internal sealed record AskAside(
    Guid SideConversationId, Guid MessageId, Person By, string To, string? Name, string Subject, string Text,
    IReadOnlyList<Attachment> Attachments, string? Awaited = null) : CaseCommand
{
    public override Guid? Makes => SideConversationId;
}

internal sealed record WriteAside(
    Guid SideConversationId, Guid MessageId, Person By, string Text, IReadOnlyList<Attachment> Attachments, string? Awaited = null) : CaseCommand
{
    public override Guid? Makes => MessageId;
}

internal sealed record CloseAside(Guid SideConversationId, Person By) : CaseCommand;

internal sealed record HearAside(ContactReceived Contact, Guid SideConversationId, EvidenceKind By) : CaseCommand;
