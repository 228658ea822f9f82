using CxPlatform.Contracts.Intake.V1;
using CxPlatform.Notifications.Domain;

namespace CxPlatform.Notification.Tests;

public sealed class CareTests
{
    private static readonly UpdateLimits Limits = new() { PerDay = 3, Gap = TimeSpan.FromMinutes(15) };
    private static readonly QuietHours Nights = new(new(22, 0), new(7, 0), "Europe/Vienna");
    private static readonly Wishes Nothing = new(Updates.Everything, false, null);

    // 23:00 in Vienna.
    private static readonly DateTimeOffset Night = new(2026, 11, 23, 22, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Morning = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(Weight.Update, false)]
    [InlineData(Weight.Important, false)]
    [InlineData(Weight.Answer, false)]
    [InlineData(Weight.Receipt, true)]
    [InlineData(Weight.Urgent, true)]
    internal void Quiet_hours_hold_everything_that_can_wait(Weight weight, bool now) =>
        Assert.Equal(now ? Night : Morning, Leave(weight, Nothing with { QuietHours = Nights }, Night).At);

    [Fact]
    public void Who_has_just_written_is_awake_and_gets_the_answer()
    {
        Assert.Equal(Night, Leave(Weight.Answer, Nothing with { QuietHours = Nights }, Night, Night.AddMinutes(-20)).At);
        Assert.Equal(Morning, Leave(Weight.Important, Nothing with { QuietHours = Nights }, Night, Night.AddMinutes(-20)).At);
    }

    [Theory]
    [InlineData("2026-11-23T20:59:59Z", null)]
    [InlineData("2026-11-23T21:00:00Z", "2026-11-24T06:00:00Z")]
    [InlineData("2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z")]
    [InlineData("2026-11-24T06:00:00Z", null)]
    public void The_hours_are_those_of_the_customers_zone_across_midnight(string at, string? until) => Assert.Equal(Time(until), Care.QuietUntil(Nights, Time(at)!.Value));

    [Theory]
    [InlineData("2026-11-23T11:30:00Z", "2026-11-23T13:00:00Z")]
    [InlineData("2026-11-23T13:00:00Z", null)]
    public void Hours_within_a_day_end_on_it(string at, string? until) =>
        Assert.Equal(Time(until), Care.QuietUntil(new(new(12, 0), new(14, 0), "Europe/Vienna"), Time(at)!.Value));

    [Fact]
    public void An_end_that_the_change_of_clocks_leaves_out_is_the_instant_after_it() =>
        // On 29 March 2026 Vienna goes from 02:00 to 03:00.
        Assert.Equal(Time("2026-03-29T01:30:00Z"), Care.QuietUntil(new(new(22, 0), new(2, 30), "Europe/Vienna"), Time("2026-03-29T00:00:00Z")!.Value));

    [Fact]
    public void A_zone_that_nobody_knows_holds_nothing_up() => Assert.Null(Care.QuietUntil(new(new(22, 0), new(7, 0), "Moon/Base"), Night));

    [Theory]
    [InlineData(Weight.Update)]
    [InlineData(Weight.Important)]
    [InlineData(Weight.Urgent)]
    internal void Who_wants_no_contact_is_told_nothing_that_they_did_not_ask(Weight weight)
    {
        Assert.Null(Leave(weight, Nothing with { DoNotContact = true }, Night).At);
        Assert.Null(Leave(weight, Nothing with { Updates = Updates.Answers }, Night).At);
    }

    [Theory]
    [InlineData(Weight.Answer)]
    [InlineData(Weight.Receipt)]
    internal void Nothing_hides_an_answer(Weight weight) =>
        Assert.Equal(Night, Leave(weight, new(Updates.Answers, true, null), Night).At);

    [Fact]
    public void Who_wants_only_what_matters_hears_that()
    {
        var wishes = Nothing with { Updates = Updates.Important };
        Assert.Null(Leave(Weight.Update, wishes, Night).At);
        Assert.Equal(Night, Leave(Weight.Important, wishes, Night).At);
    }

    [Fact]
    public void Updates_keep_their_distance_and_their_number_and_nothing_else_does()
    {
        DateTimeOffset[] one = [Night.AddMinutes(-5)];
        DateTimeOffset[] three = [Night.AddHours(-20), Night.AddHours(-10), Night.AddHours(-1)];
        Assert.Equal(Night.AddMinutes(10), Leave(Weight.Update, Nothing, Night, null, one).At);
        Assert.Equal(Night.AddHours(4), Leave(Weight.Update, Nothing, Night, null, three).At);
        Assert.Equal(Night, Leave(Weight.Important, Nothing, Night, null, three).At);
    }

    [Fact]
    public void What_waits_for_space_does_not_come_out_in_the_night() =>
        Assert.Equal(Morning, Leave(Weight.Update, Nothing with { QuietHours = Nights }, Night.AddHours(-1).AddMinutes(-1), null, [Night.AddHours(-1).AddMinutes(-5)]).At);

    private static Leave Leave(Weight weight, Wishes wishes, DateTimeOffset now, DateTimeOffset? lastContact = null, params DateTimeOffset[] recent) =>
        Care.Decide(weight, wishes, Limits, now, lastContact, recent);

    private static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
