using System.Reflection;
using System.Text.Json;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Contracts.Public;
using CxPlatform.Messaging;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>What leaves the house, over every case event.</summary>
public sealed class PublicFactsTests
{
    private const string Canary = "canary@example.org";

    // Words of a closed vocabulary or ids of the platform's own making; every other string field holds the canary.
    private static readonly HashSet<string> Harmless =
        ["Number", "FollowsNumber", "Brand", "Language", "Category", "QueueId", "CalendarId", "Template", "Key", "Queue", "OtherNumber", "IntoNumber", "FromNumber"];

    public static TheoryData<string> Types => [.. EventTypes.All.Where(IsCaseEvent).Select(EventTypes.NameOf).Order()];

    internal static bool IsCaseEvent(Type type) => type.Namespace == typeof(CaseOpened).Namespace && type != typeof(CalendarChanged);

    [Fact]
    public void Every_case_event_has_its_row() => Assert.Equal(
        EventTypes.All.Where(IsCaseEvent).Select(EventTypes.NameOf).Order(), PublicFacts.Events.Select(EventTypes.NameOf).Order());

    [Theory]
    [MemberData(nameof(Types))]
    public void Nothing_that_anybody_wrote_and_no_name_or_address_leaves(string type)
    {
        var e = Filled(EventTypes.Find(type)!);
        Assert.Contains(Canary, EventTypes.Write(e).Length > 0 ? Canary : "", StringComparison.Ordinal);
        var face = PublicFacts.Of(e, Scene.Answered().State);
        Assert.DoesNotContain(Canary, face.Json, StringComparison.Ordinal);
        Assert.StartsWith("cx.", face.Type, StringComparison.Ordinal);
        Assert.Equal("CX-2026-000001", face.Subject);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void What_leaves_names_its_case_or_is_empty(string type)
    {
        var state = Scene.Answered().State;
        var face = PublicFacts.Of(Filled(EventTypes.Find(type)!), state);
        using var json = JsonDocument.Parse(face.Json);
        if (type is "case.note-added.v1" or "case.reply-scheduled.v1" or "case.reply-held.v1" or "case.reply-unscheduled.v1"
            || type.StartsWith("case.reminder.", StringComparison.Ordinal))
        {
            Assert.Equal("{}", face.Json);
            return;
        }
        Assert.Equal(state.Id, json.RootElement.GetProperty("caseId").GetGuid());
        Assert.Equal(state.Number, json.RootElement.GetProperty("number").GetString());
        Assert.Equal(json.RootElement.EnumerateObject().Count(), json.RootElement.EnumerateObject().DistinctBy(p => p.Name).Count());
    }

    [Fact]
    public void The_catalogue_describes_what_is_told_and_nothing_else()
    {
        var state = Scene.Answered().State;
        var told = EventTypes.All.Where(IsCaseEvent).Select(type => PublicFacts.Of(Filled(type), state)).Where(face => face.Json != "{}").ToList();
        Assert.Equal(EventCatalogue.All.Where(type => type.IsSubclassOf(typeof(CaseEventFacts))).Select(type => EventCatalogue.Of(type).Type).Order(),
            told.Select(face => face.Type).Order());
        Assert.All(told, face => Assert.Equal(face.Json, EventTypes.Write(JsonSerializer.Deserialize(face.Json, EventCatalogue.Find(face.Type)!, EventTypes.Json)!)));
    }

    [Fact]
    public void The_facts_that_integrators_build_on_are_there()
    {
        var scene = Scene.Opened();
        scene.Do(new Triage(scene.Decision(agent: Scene.Ada)));
        var told = scene.Log.ToDictionary(entry => entry.Event.GetType(), entry =>
            JsonDocument.Parse(PublicFacts.Of(entry.Event, scene.State).Json).RootElement);
        Assert.Equal("email", told[typeof(CaseOpened)].GetProperty("channel").GetString());
        Assert.Equal("main", told[typeof(CaseOpened)].GetProperty("brand").GetString());
        Assert.Equal("help", told[typeof(CaseTriaged)].GetProperty("queue").GetString());
        Assert.Equal("problem", told[typeof(CaseTriaged)].GetProperty("kind").GetString());
        Assert.Equal("normal", told[typeof(CaseTriaged)].GetProperty("priority").GetString());
        Assert.Equal(Scene.Monday.AddHours(2), told[typeof(PromiseMade)].GetProperty("due").GetDateTimeOffset());
        Assert.Equal(Scene.Ada.Id, told[typeof(CaseAssigned)].GetProperty("agentId").GetGuid());
    }

    [Fact]
    public void A_promise_that_came_from_another_case_says_so()
    {
        var s = Scene.Answered().State;
        PromiseMade made = new(s.Id, Guid.NewGuid(), "A date", Scene.Monday, null, "Team", PromiseSource.Agent);
        JsonElement Told(PromiseMade e) => JsonDocument.Parse(PublicFacts.Of(e, s).Json).RootElement;
        Assert.False(Told(made).TryGetProperty("fromCaseId", out _));
        var from = Guid.NewGuid();
        Assert.Equal(from, Told(made with { FromCaseId = from }).GetProperty("fromCaseId").GetGuid());
    }

    [Fact]
    public void Subscribers_are_told_to_forget() =>
        Assert.Equal("cx.customer.erased.v1", PublicFacts.Of(
            new CaseCustomerErased(Guid.NewGuid(), Guid.NewGuid()), Scene.Answered().State).Type);

    internal static object Filled(Type type) => Of(type, "")!;

    private static object? Of(Type type, string name)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return Harmless.Contains(name) ? "word" : Canary;
        if (type == typeof(Guid))
            return Guid.NewGuid();
        if (type == typeof(DateTimeOffset))
            return Scene.Monday;
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return new Dictionary<string, string> { [Canary] = Canary };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var items = Array.CreateInstance(type.GetGenericArguments()[0], 1);
            items.SetValue(Of(type.GetGenericArguments()[0], name), 0);
            return items;
        }
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(1);
        if (type.IsValueType)
            return Activator.CreateInstance(type);
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).OrderByDescending(c => c.GetParameters().Length)
            .First(c => c.GetParameters() is not [{ } only] || only.ParameterType != type);
        var value = constructor.Invoke([.. constructor.GetParameters().Select(p => Of(p.ParameterType, p.Name!))]);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
            property.SetValue(value, Of(property.PropertyType, property.Name));
        return value;
    }
}
