using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Priority and tags, set by people.</summary>
public sealed class SortingTests
{
    [Fact]
    public void What_a_person_says_of_the_priority_stays_when_Routing_decides_again()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        Assert.Equal(new CasePriorityChanged(scene.State.Id, Priority.Urgent, Priority.Normal, Scene.Ada.Id, "Ada", "It smokes"),
            Assert.Single(scene.Do(new ChangePriority(Priority.Urgent, Scene.Ada, " It smokes "))));
        scene.Do(new Triage(scene.Decision(Kind.Complaint)));
        Assert.Equal((Kind.Complaint, Priority.Urgent, "Ada"), (scene.State.Kind, scene.State.Priority, scene.State.PrioritySetBy));
        Assert.Empty(scene.Do(new ChangePriority(Priority.Urgent, Scene.Bob, null)));
        Assert.Equal("priority", scene.Refused(new ChangePriority(Priority.Unknown, Scene.Ada, null)).Field);
        Assert.Equal("case-resolved", Scene.Resolved().Refused(new ChangePriority(Priority.Low, Scene.Ada, null)).Code);
    }

    [Fact]
    public void Clocks_are_measured_from_the_beginning_with_the_new_prioritys_target()
    {
        var urgent = new TargetPolicy { Name = "Urgent", Priority = [Priority.Urgent], FirstResponse = new(TimeSpan.FromMinutes(30)) };
        var scene = new Scene { Policy = new() { Targets = [urgent] } };
        scene.Do(new OpenCase(Guid.NewGuid(), "CX-2026-000001", Scene.Contact()));
        scene.Do(new Triage(scene.Decision()));
        scene.Now += TimeSpan.FromMinutes(20);
        scene.Do(new ChangePriority(Priority.Urgent, Scene.Ada, null));
        var clock = ClockMeasure.Of(scene.State, scene.Policy, new(scene.Calendar), scene.Now).Single(c => c.Life.Kind == ClockKind.FirstResponse);
        Assert.Equal((Scene.Monday.AddMinutes(30), TimeSpan.FromMinutes(10)), (clock.Due!.Value, clock.Remaining));
    }

    [Fact]
    public void Tags_are_tidied_and_added_and_removed_once()
    {
        var scene = Scene.Acknowledged(Scene.Ada);
        scene.Do(new ChangeTags(["  VIP ", "vip", "Spare  parts"], [], Scene.Ada));
        Assert.Equal(["vip", "spare parts"], scene.State.Tags);
        Assert.Empty(scene.Do(new ChangeTags(["vip"], ["other"], Scene.Ada)));
        var changed = Assert.IsType<CaseTagsChanged>(Assert.Single(scene.Do(new ChangeTags(["recall"], ["VIP"], Scene.Bob))));
        Assert.Equal(["spare parts", "recall"], changed.Tags);
        Assert.Equal("Bob", changed.AgentName);
        Assert.Equal("add", scene.Refused(new ChangeTags(["<b>"], [], Scene.Ada)).Field);
        Assert.Equal("remove", scene.Refused(new ChangeTags([], [""], Scene.Ada)).Field);
        Assert.Equal("tag-not-allowed", scene.Refused(new ChangeTags([], ["Synthetic"], Scene.Ada)).Code);
        Assert.Equal("add", scene.Refused(new ChangeTags([.. Enumerable.Range(0, 30).Select(i => $"t{i}")], [], Scene.Ada)).Field);
    }
}
