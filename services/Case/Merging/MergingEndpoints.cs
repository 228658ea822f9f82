using CxPlatform.Cases.Actions;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;

namespace CxPlatform.Cases.Merging;

/// <param name="Into">The case that goes on: its number or id.</param>
/// <param name="OtherCustomer">It is another customer's, and that is meant so: this one's gets copies of what is answered there.</param>
/// <param name="WithdrawPromises">Why what is promised here is withdrawn; when absent, it is promised there.</param>
internal sealed record MergeRequest(string Into, bool OtherCustomer = false, string? WithdrawPromises = null);

/// <param name="Contacts">Ids of messages that came in on the case: the first one too, when another one of the customer's stays.</param>
/// <param name="Subject">Of the new case; when absent, that of the message.</param>
internal sealed record SplitRequest(IReadOnlyList<Guid> Contacts, string? Subject = null);

/// <param name="Kind">What this case is to the other: related, duplicateOf, duplicatedBy, causedBy, causes, follows, followedBy.</param>
/// <param name="To">The other's number or id.</param>
internal sealed record LinkRequest(LinkKind Kind, string To);

internal static class MergingEndpoints
{
    public static void MapMerging(this IEndpointRouteBuilder cases)
    {
        var one = cases.MapGroup("/{key}").RequireAuthorization(Policies.CasesWrite);
        one.MapPost("/merge", (string key, MergeRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.TogetherAsync(
                    (cases, token) => Check(r) is { } refusal
                        ? Task.FromResult<Outcome<Storage.CaseChanged>>(refusal)
                        : cases.MergeAsync(id, r.Into, r.OtherCustomer, r.WithdrawPromises?.Trim(), context.User.Person(), expected, token), ct)))
            .Described("MergeCase", "The case becomes part of another one, where it goes on");
        one.MapPost("/merge/undo", (string key, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.TogetherAsync(
                    (cases, token) => cases.UndoAsync(id, context.User.Person(), expected, token), ct)))
            .Described("UndoMerge", "A case that was merged within the last day goes on by itself");
        one.MapPost("/split", (string key, SplitRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.TogetherAsync(
                    (cases, token) => r.Subject is { Length: > 500 }
                        ? Task.FromResult<Outcome<Storage.CaseChanged>>(new Refusal("subject-invalid", "must be at most 500 characters.", "subject"))
                        : cases.SplitAsync(id, r.Contacts, r.Subject, context.User.Person(), expected, token), ct)))
            .Described("SplitCase", "Messages of the case become a case of their own, whose id is answered");
        one.MapPost("/links", (string key, LinkRequest r, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.TogetherAsync(
                    (cases, token) => Check(r.Kind) is { } refusal
                        ? Task.FromResult<Outcome<Storage.CaseChanged>>(refusal)
                        : cases.LinkAsync(id, r.Kind, r.To, context.User.Person(), expected, token), ct)))
            .Described("LinkCase", "Says what the case is to another one; the other says the same of this one");
        one.MapDelete("/links/{kind}/{to}", (string key, LinkKind kind, string to, CaseActions actions, CaseReader reader, HttpContext context) =>
                context.ActAsync(key, reader, (id, expected, ct) => actions.TogetherAsync(
                    (cases, token) => cases.UnlinkAsync(id, kind, to, context.User.Person(), expected, token), ct)))
            .Described("UnlinkCase", "Takes a link off both cases");
    }

    public static Refusal? Check(LinkKind kind) => kind is LinkKind.Unknown or LinkKind.SplitFrom or LinkKind.SplitInto
        ? new("kind-invalid", "must be related, duplicateOf, duplicatedBy, causedBy, causes, follows or followedBy.", "kind")
        : null;

    private static Refusal? Check(MergeRequest r) => r.WithdrawPromises switch
    {
        null => null,
        { Length: > 500 } => new("withdraw-promises-invalid", "must be at most 500 characters.", "withdrawPromises"),
        var reason when string.IsNullOrWhiteSpace(reason) =>
            new("withdraw-promises-invalid", "must say why, or be absent.", "withdrawPromises"),
        _ => null,
    };
}
