namespace CxPlatform.Notifications.Agents;

/// <summary>What the kinds are called on the page.</summary>
internal static class NoticeWords
{
    public static string Of(NoticeKind kind) => kind switch
    {
        NoticeKind.Assigned => "A case is mine now",
        NoticeKind.Unassigned => "A case is mine no longer",
        NoticeKind.Mentioned => "A note mentions me",
        NoticeKind.CustomerReplied => "The customer has written",
        NoticeKind.NeedCorrected => "The need was corrected",
        NoticeKind.Declined => "The customer says no",
        NoticeKind.SecondOpinion => "A second opinion is asked for",
        NoticeKind.PromiseDueSoon => "A promise is due soon",
        NoticeKind.PromiseBroken => "A promise of mine was not kept",
        NoticeKind.PromiseEscalated => "A promise of others was not kept (leads)",
        NoticeKind.ClockWarned => "A clock runs out",
        NoticeKind.ClockBreached => "A clock has run out",
        NoticeKind.Reminder => "A reminder of mine",
        NoticeKind.Covering => "I keep promises for somebody",
        NoticeKind.Undelivered => "A message does not arrive",
        NoticeKind.Recovery => "The customer is unhappy afterwards",
        NoticeKind.HandedOver => "A case is handed over to me",
        NoticeKind.HandoverAcknowledged => "My handover was read",
        NoticeKind.SideAnswered => "What I asked beside is answered",
        NoticeKind.Resolved => "A case of mine is resolved",
        NoticeKind.Followed => "Something happens on a case I follow",
        _ => kind.ToString(),
    };
}
