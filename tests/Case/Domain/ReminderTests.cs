using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

public sealed class ReminderTests
{
    [Fact]
    public void A_reminder_is_due_once_and_never_early()
    {
        var scene = Scene.Answered();
        var id = scene.NewId();
        var set = Assert.IsType<ReminderSet>(Assert.Single(scene.Do(new SetReminder(id, Scene.Ada, "Ask the shop", scene.Now.AddHours(1), null, true))));
        var time = new ReminderTime(scene.State.Id, id, set.At);
        scene.Now = set.At.AddTicks(-10);
        Assert.Empty(scene.Do(time));
        scene.Now = set.At;
        Assert.Equal(Scene.Ada.Id, Assert.IsType<ReminderDue>(Assert.Single(scene.Do(time))).AgentId);
        Assert.Empty(scene.Do(time));
        Assert.True(Assert.Single(scene.State.Reminders).IsDue);
        scene.Do(new CancelReminder(id));
        Assert.Empty(scene.State.Reminders);
        Assert.Empty(scene.Do(time));
        Assert.Equal("reminder-not-found", scene.Refused(new CancelReminder(id)).Code);
    }

    [Theory]
    [InlineData(true, "2026-03-03T11:00:00Z")] // seven hours today, two tomorrow
    [InlineData(false, "2026-03-02T19:00:00Z")]
    public void A_reminder_after_some_time_counts_business_time_where_that_is_wished(bool business, string at)
    {
        var scene = Scene.Answered();
        scene.Do(new SetReminder(scene.NewId(), Scene.Ada, "Ask", null, TimeSpan.FromHours(9), business));
        Assert.Equal(DateTimeOffset.Parse(at, null), scene.State.Reminders[0].At);
    }

    [Fact]
    public void A_reminder_that_names_no_time_two_or_one_that_has_passed_is_refused()
    {
        var scene = Scene.Answered();
        Assert.Equal("at", Refused(null, null).Field);
        Assert.Equal("at", Refused(scene.Now.AddHours(1), TimeSpan.FromHours(1)).Field);
        Assert.Equal("at", Refused(scene.Now, null).Field);
        Assert.Equal("after", Refused(null, TimeSpan.Zero).Field);
        Assert.Equal("text", scene.Refused(new SetReminder(scene.NewId(), Scene.Ada, " ", scene.Now.AddHours(1), null, true)).Field);

        CxPlatform.Messaging.Refusal Refused(DateTimeOffset? at, TimeSpan? after) =>
            scene.Refused(new SetReminder(scene.NewId(), Scene.Ada, "Ask", at, after, true));
    }
}
