using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>World, customer, internal: of every message, and of every event.</summary>
public sealed class VisibilityTests
{
    [Fact]
    public void Every_event_of_a_case_has_a_decision_on_who_may_read_it() =>
        Assert.Equal(EventTypes.All.Where(PublicFactsTests.IsCaseEvent).Select(EventTypes.NameOf).Order(), EntryVisibility.Types.Order());

    [Fact]
    public void What_nobody_has_decided_on_is_internal() =>
        Assert.Equal(Visibility.Internal, EntryVisibility.Of("case.something-new.v1", JsonDocument.Parse("""{"visibility":"world"}""").RootElement));

    [Theory]
    [MemberData(nameof(PublicFactsTests.Types), MemberType = typeof(PublicFactsTests))]
    public void Only_a_message_can_be_for_everybody_and_what_is_internal_stays_so_whatever_it_says(string type)
    {
        JsonElement With(string? visibility) => JsonSerializer.SerializeToElement(new Dictionary<string, string?> { ["visibility"] = visibility });
        var seen = EntryVisibility.IsSeen(type);
        Assert.Equal(seen ? Visibility.Customer : Visibility.Internal, EntryVisibility.Of(type, With(null)));
        Assert.Equal(seen ? Visibility.World : Visibility.Internal, EntryVisibility.Of(type, With("world")));
        var says = EventTypes.Find(type)!.GetProperty("Visibility") is not null;
        Assert.Equal(says, type is "case.opened.v1" or "case.customer-replied.v1" or "case.reply-sent.v1" or "case.reply-scheduled.v1");
    }

    [Fact]
    public void An_answer_goes_to_the_customer_alone_unless_somebody_says_otherwise()
    {
        var scene = Public();
        var sent = Assert.Single(scene.Reply().OfType<ReplySent>());
        Assert.Equal(Visibility.Customer, sent.Visibility);
        sent = Assert.Single(scene.Do(Answer(scene, "Please write to us privately, so that we can look at it.")).OfType<ReplySent>());
        Assert.Equal(Visibility.World, sent.Visibility);
    }

    [Fact]
    public void What_was_never_said_in_public_is_not_answered_in_public()
    {
        var scene = Scene.Opened();
        var refusal = scene.Refused(Answer(scene, "Please write to us."));
        Assert.Equal(("visibility-not-public", "visibility"), (refusal.Code, refusal.Field));
        refusal = scene.Refused(Answer(scene, "For colleagues") with { Visibility = Visibility.Internal });
        Assert.Equal("visibility-invalid", refusal.Code);
    }

    [Theory]
    [InlineData("We have written to Mia@Example.org.", "mail address")]
    [InlineData("We called +49 (30) 123-4567 89.", "phone number")]
    [InlineData("We called 030/123456789 twice.", "phone number")]
    [InlineData("Order 4711-AB is on its way.", "order")]
    public void A_public_answer_holds_nothing_personal(string text, string what)
    {
        var scene = Public();
        scene.Do(new JoinContact(Scene.Contact("Here is my number.") with { From = new(IdentityKind.PhoneNumber, "+4930123456789"), CustomerId = Guid.NewGuid() }, EvidenceKind.ReplyToken));
        scene.Do(new JoinContact(Scene.Contact("And my address.") with { CustomerId = Guid.NewGuid() }, EvidenceKind.ReplyToken));
        var refusal = scene.Refused(Answer(scene, text));
        Assert.Equal(("text-not-public", "text"), (refusal.Code, refusal.Field));
        Assert.Contains(what, refusal.Detail, StringComparison.Ordinal);
        refusal = scene.Refused(new ScheduleReply(Answer(scene, text), scene.Now.AddHours(1)));
        Assert.Equal("text-not-public", refusal.Code);
        Assert.Empty(scene.Log.Select(entry => entry.Event).OfType<ReplySent>());

        // What is said of a post in public anyway, and numbers of our own, are no secrets.
        scene.Do(Answer(scene, "As you say in https://town.example/1: please call us, +49 30 7654321, or write to help@shop.example."));
    }

    [Fact]
    public void A_public_answer_carries_no_files()
    {
        var scene = Public();
        var refusal = scene.Refused(Answer(scene, "See there") with { Attachments = [new("bill.pdf", "application/pdf", 10, "00")] });
        Assert.Equal(("attachments-not-public", "attachments"), (refusal.Code, refusal.Field));
    }

    [Fact]
    public void An_answer_that_waits_goes_where_it_was_meant_to_go_and_its_changed_words_are_looked_at_again()
    {
        var scene = Public();
        var answer = Answer(scene, "Please write to us privately.");
        scene.Do(new ScheduleReply(answer, scene.Now.AddHours(1)));
        Assert.Equal("text-not-public", scene.Refused(new ChangeScheduledReply(answer.MessageId, "Order 4711-AB", null, null)).Code);
        scene.Do(new ChangeScheduledReply(answer.MessageId, "Please write to us in private.", null, null));
        Assert.Equal(Visibility.World, Assert.Single(scene.Do(new SendScheduledNow(answer.MessageId)).OfType<ReplySent>()).Visibility);
    }

    private static Scene Public() => Scene.Opened(Scene.Contact(channel: Channel.Social) with
    {
        From = new(IdentityKind.Handle, "town:mia"),
        Visibility = Visibility.World,
        References = new Dictionary<string, string> { ["order"] = "4711-AB", ["post"] = "https://town.example/1" },
    });

    private static SendReply Answer(Scene scene, string text) => new(scene.NewId(), Scene.Ada, text, [], AsksCustomer: true, Visibility.World);
}
