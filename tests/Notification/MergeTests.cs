using CxPlatform.Contracts;
using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Notifications.Domain;
using Microsoft.EntityFrameworkCore;

namespace CxPlatform.Notification.Tests;

/// <summary>Two customers turn out to be one: what either asked for counts.</summary>
public sealed class MergeTests
{
    private static readonly Identity Mail = new(IdentityKind.EmailAddress, "maria@customer.example");

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_choice_follows_the_merge_and_of_two_the_one_that_asks_for_less_counts(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var (story, other) = (new Story(), new Story());
        await host.DeliverAsync(story.Customer(Mail), other.Customer(Mail));
        await ChooseAsync(host, other.CustomerId, "answers");
        await host.DeliverAsync(new CustomerMerged(story.CustomerId, other.CustomerId));
        await host.DeliverAsync(story.Opened(), story.Answered(), story.Promised(Guid.CreateVersion7()));
        await host.SettledAsync();
        Assert.Equal((MessageState.Sent, MessageState.Withheld), ((await StateAsync(host, "reply")), (await StateAsync(host, "promise-made"))));

        // The link of a message from before leads to the one choice.
        await ChooseAsync(host, other.CustomerId, "everything");
        Assert.Equal(Updates.Everything, await ChosenAsync(host, story.CustomerId));
        Assert.Contains("value=\"everything\" checked", await host.Anonymous.GetStringAsync($"/updates/{host.Tokens.ChoicesLink(other.CustomerId)}"));
        Assert.Empty(await host.ParkedAsync());
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.Postgres)]
    public async Task A_case_that_has_not_followed_yet_is_told_as_the_merged_customer_wishes(Store store)
    {
        await using var host = await NotificationHost.StartAsync(store);
        var (story, survivor) = (new Story(), new Story());
        await host.DeliverAsync(story.Customer(Mail), survivor.Customer(Mail) with { DoNotContact = true });
        await host.DeliverAsync(story.Opened());
        await host.DeliverAsync(new CustomerMerged(survivor.CustomerId, story.CustomerId));
        await host.DeliverAsync(story.Promised(Guid.CreateVersion7()));
        Assert.Equal(MessageState.Withheld, await StateAsync(host, "promise-made"));
    }

    [Fact]
    public async Task Who_part_are_both_left_in_peace_and_each_chooses_for_themselves()
    {
        await using var host = await NotificationHost.StartAsync();
        var (story, other) = (new Story(), new Story());
        await host.DeliverAsync(new CustomerMerged(story.CustomerId, other.CustomerId));
        await ChooseAsync(host, story.CustomerId, "important");
        await host.DeliverAsync(new CustomerUnmerged(story.CustomerId, other.CustomerId));
        Assert.Equal(Updates.Important, await ChosenAsync(host, other.CustomerId));
        await ChooseAsync(host, other.CustomerId, "everything");
        Assert.Equal((Updates.Important, Updates.Everything), (await ChosenAsync(host, story.CustomerId), await ChosenAsync(host, other.CustomerId)));
    }

    private static async Task ChooseAsync(NotificationHost host, Guid customer, string updates)
    {
        using var chosen = await host.Anonymous.PostAsync(
            $"/updates/{host.Tokens.ChoicesLink(customer)}", new FormUrlEncodedContent(new Dictionary<string, string> { ["updates"] = updates }));
        chosen.EnsureSuccessStatusCode();
    }

    private static Task<Updates> ChosenAsync(NotificationHost host, Guid customer) =>
        host.ReadAsync(db => db.Choices.Where(row => row.CustomerId == customer).Select(row => row.Updates).SingleAsync());

    private static async Task<MessageState> StateAsync(NotificationHost host, string template) => (await host.MessagesAsync()).Single(row => row.Template == template).State;
}
