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

/// <summary>What is done with a side conversation. It stays where it was begun; while that case is part of another one, it is done there.</summary>
internal abstract record AsideCommand(Guid SideConversationId) : CaseCommand
{
    /// <summary>Done on the case that this one is part of, which decides for itself whether it waits.</summary>
    public bool OnPart { get; init; }
}

internal sealed record WriteAside(
    Guid SideConversationId, Guid MessageId, Person By, string Text, IReadOnlyList<Attachment> Attachments, string? Awaited = null)
    : AsideCommand(SideConversationId)
{
    public override Guid? Makes => MessageId;
}

internal sealed record CloseAside(Guid SideConversationId, Person By) : AsideCommand(SideConversationId);

internal sealed record HearAside(ContactReceived Contact, Guid SideConversationId, EvidenceKind By) : CaseCommand;

/// <summary>Nothing more is to be waited for in a side conversation of a case that is part of this one.</summary>
internal sealed record AsideOver(Guid SideConversationId) : CaseCommand;
