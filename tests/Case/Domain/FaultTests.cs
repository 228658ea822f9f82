using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>Whoever sends several wrong fields hears of all of them at once.</summary>
public sealed class FaultTests
{
    private static readonly string Long = new('x', 30_000);

    [Theory]
    [InlineData("promise", "text due")]
    [InlineData("renegotiation", "reason due")]
    [InlineData("suggestion", "text due")]
    [InlineData("step", "title forCustomer detail due reason")]
    [InlineData("new step", "title detail due")]
    [InlineData("plan", "steps[0].title steps[1].title steps[1].due steps[2].detail reason")]
    [InlineData("proposal", "text answerBy policy alternative")]
    [InlineData("ending", "reason referredTo reach")]
    [InlineData("handover", "done next promised beware")]
    [InlineData("participant", "address name")]
    [InlineData("side conversation", "to name subject text awaited")]
    [InlineData("scheduled answer", "text sendAt")]
    public void Every_wrong_field_of_an_input_is_named(string what, string fields)
    {
        var scene = Scene.Answered();
        var promise = scene.Promise(TimeSpan.FromHours(4));
        scene.Do(new ChangeStep(null, "Repair", null, scene.Now.AddDays(1), null));
        scene.Do(new ChangeStep(null, "Send", null, scene.Now.AddDays(2), null));
        scene.Do(new SendReply(scene.NewId(), Scene.Ada, "I will call you tomorrow at 10:00.", [], false));
        var (past, id) = (scene.Now.AddDays(-1), scene.NewId());
        CaseCommand command = what switch
        {
            "promise" => new MakePromise(id, Scene.Ada, "", past),
            "renegotiation" => new RenegotiatePromise(promise, past, ""),
            "suggestion" => new ConfirmSuggestion(scene.State.Suggestions[^1].Id, Scene.Ada, "", past),
            "step" => new ChangeStep("step-1", "", null, past, null) { ForCustomer = Long, Detail = Long },
            "new step" => new ChangeStep(null, "", null, null, null) { Detail = Long, Promise = true },
            "plan" => new DraftPlan([new("", "", null, null), new("step-1", " ", null, past), new("", "Pack", null, null) { Detail = Long }]),
            "proposal" => new Propose(id, id, Scene.Ada, "", past, CaseResult.NotPossible, new()),
            "ending" => new ResolveCase(CaseResult.Referred, "", new()),
            "handover" => new Assign(Scene.Bob.Id!.Value, "Bob", null, Scene.Ada, new("", "", Long, Long, [])),
            "participant" => new CopyParticipant(id, "nobody", Long, Scene.Ada),
            "side conversation" => new AskAside(id, id, Scene.Ada, "nobody", Long, "", "", [], ""),
            _ => new ScheduleReply(new(id, Scene.Ada, "", [], false), past, null),
        };
        Assert.Equal(fields, string.Join(' ', scene.Refused(command).Each.Select(one => one.Field).Distinct()));
    }
}
