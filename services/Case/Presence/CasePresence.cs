using System.Security.Claims;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Presence;

/// <summary>What somebody does with a case that they have open.</summary>
internal enum Doing
{
    Unknown,
    Viewing,
    Typing,
}

internal sealed record Present(string Name, Doing Doing);

/// <param name="Text">The same in a sentence; empty when nobody else is there.</param>
internal sealed record PresentOnCase(IReadOnlyList<Present> People, string Text)
{
    public static PresentOnCase Of(IReadOnlyList<Present> people) => new(people, string.Join(" ", people.Select(person => person.Doing == Doing.Typing
        ? $"{person.Name} is typing."
        : $"{person.Name} is looking at this case.")));
}

/// <summary>Who has a case open and who is typing: forgotten within seconds when nothing renews it, shared by the replicas.</summary>
internal sealed class CasePresence(ISharedMarks marks)
{
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Viewed = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Typed = TimeSpan.FromSeconds(8);
    private const string TypingMark = "/typing";

    /// <summary>People are seen; programs are not.</summary>
    public static bool IsPerson(ClaimsPrincipal user) => user.HasRole(Roles.Agent);

    public ValueTask ViewingAsync(Guid caseId, ClaimsPrincipal user, CancellationToken ct) => IsPerson(user)
        ? marks.SetAsync(MarkKeys.OfCase(caseId), user.ActorId(), user.StaffName(), Viewed, ct)
        : ValueTask.CompletedTask;

    public ValueTask TypingAsync(Guid caseId, ClaimsPrincipal user, CancellationToken ct) => IsPerson(user)
        ? marks.SetAsync(MarkKeys.OfCase(caseId), user.ActorId() + TypingMark, user.StaffName(), Typed, ct)
        : ValueTask.CompletedTask;

    public async Task LeftAsync(Guid caseId, ClaimsPrincipal user, CancellationToken ct)
    {
        await marks.RemoveAsync(MarkKeys.OfCase(caseId), user.ActorId(), ct);
        await marks.RemoveAsync(MarkKeys.OfCase(caseId), user.ActorId() + TypingMark, ct);
    }

    public async Task<PresentOnCase> OthersAsync(Guid caseId, ClaimsPrincipal user, CancellationToken ct)
    {
        var me = user.ActorId();
        return PresentOnCase.Of([.. (await marks.ReadAsync(MarkKeys.OfCase(caseId), ct))
            .Select(mark => (Typing: mark.Key.EndsWith(TypingMark, StringComparison.Ordinal), Actor: mark.Key.Replace(TypingMark, "", StringComparison.Ordinal), Name: mark.Value))
            .Where(mark => mark.Actor != me)
            .GroupBy(mark => mark.Actor)
            .Select(person => new Present(person.First().Name, person.Any(mark => mark.Typing) ? Doing.Typing : Doing.Viewing))
            .OrderByDescending(person => person.Doing).ThenBy(person => person.Name, StringComparer.CurrentCultureIgnoreCase)]);
    }
}
