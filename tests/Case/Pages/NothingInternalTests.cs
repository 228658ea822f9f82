using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using CxPlatform.Cases.Domain;
using CxPlatform.Cases.Reading;
using CxPlatform.Cases.StatusPage;
using CxPlatform.Contracts;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Messaging;
using CxPlatform.ServiceDefaults;
using CxPlatform.ServiceDefaults.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace CxPlatform.Case.Tests.Pages;

/// <summary>
/// Nothing internal reaches a customer or an integrator, over every event that a case can have. Each text of each event is a canary with
/// the name of its field; <see cref="Shown"/> says which fields the customer is meant to see. Whoever adds an event decides here.
/// </summary>
public sealed partial class NothingInternalTests
{
    private static readonly Dictionary<Type, string[]> Shown = new()
    {
        [typeof(CaseOpened)] = ["CustomerName", "Text", "Need", "Attachments.Name", "Attachments.Blob"],
        [typeof(CustomerReplied)] = ["CustomerName", "Text", "Attachments.Name", "Attachments.Blob"],
        [typeof(CaseTriaged)] = ["TeamName"],
        [typeof(CaseAcknowledged)] = [],
        [typeof(CaseAssigned)] = ["AgentName"],
        [typeof(CaseUnassigned)] = [],
        [typeof(NeedCorrected)] = ["Need"],
        [typeof(ReplySent)] = ["AgentName", "Text", "Attachments.Name", "Attachments.Blob"],
        [typeof(NoteAdded)] = [],
        [typeof(ReplyScheduled)] = [],
        [typeof(ReplyHeld)] = [],
        [typeof(ReplyUnscheduled)] = [],
        [typeof(CasePriorityChanged)] = [],
        [typeof(CaseHandedOver)] = [],
        [typeof(HandoverAcknowledged)] = [],
        [typeof(PromisesMoved)] = ["AgentName"],
        [typeof(PraiseGiven)] = [],
        [typeof(CaseLinked)] = [],
        [typeof(CaseUnlinked)] = [],
        [typeof(CaseSplit)] = [],
        [typeof(CaseMerged)] = [],
        [typeof(CaseMergedInto)] = [],
        [typeof(CaseMergeUndone)] = [],
        [typeof(ParticipantAdded)] = [],
        [typeof(ParticipantRemoved)] = [],
        [typeof(CaseTagsChanged)] = [],
        [typeof(MessageOutcome)] = [],
        [typeof(CasePlanned)] = ["Steps.Title", "Steps.Owner", "Steps.ForCustomer"],
        [typeof(StepChanged)] = ["Step.Title", "Step.Owner", "Step.ForCustomer"],
        [typeof(PromiseMade)] = ["Text", "Owner", "Phone"],
        [typeof(PromiseKept)] = [],
        [typeof(PromiseBroken)] = [],
        [typeof(PromiseRenegotiated)] = ["Reason"],
        [typeof(PromiseWithdrawn)] = [],
        [typeof(PromiseWarned)] = [],
        [typeof(PromiseEscalated)] = [],
        [typeof(PromiseSuggested)] = [],
        [typeof(SuggestionSettled)] = [],
        [typeof(CaseCovered)] = ["AgentName"],
        [typeof(ReminderSet)] = [],
        [typeof(ReminderDue)] = [],
        [typeof(ReminderCancelled)] = [],
        [typeof(SolutionProposed)] = ["AgentName", "Text", "Ending.Policy", "Ending.Alternative", "Ending.ReferredTo", "Ending.Reach"],
        [typeof(SolutionAccepted)] = [],
        [typeof(SolutionDeclined)] = ["WouldMakeItRight"],
        [typeof(CaseResolved)] = ["Reason", "Ending.Policy", "Ending.Alternative", "Ending.ReferredTo", "Ending.Reach"],
        [typeof(SecondOpinionAsked)] = [],
        [typeof(SideConversationOpened)] = [],
        [typeof(SideMessageSent)] = [],
        [typeof(SideMessageReceived)] = [],
        [typeof(SideConversationClosed)] = [],
        [typeof(ThirdPartyAwaited)] = ["Who"],
        [typeof(ThirdPartyAnswered)] = [],
        [typeof(CaseReopened)] = [],
        [typeof(CaseClosed)] = [],
        [typeof(CaseFeedback)] = [],
        [typeof(RecoveryStarted)] = [],
        [typeof(CaseCustomerChanged)] = [],
        [typeof(CaseTierChanged)] = [],
        [typeof(CaseClockWarned)] = [],
        [typeof(CaseClockBreached)] = [],
        [typeof(CaseCustomerErased)] = [],
    };

    // Ids and words of a closed vocabulary: public as facts, so integrators may see them; the page shows none of them but the number.
    private static readonly HashSet<string> Facts = ["FollowsNumber", "Brand", "Category", "QueueId", "CalendarId", "Template", "Key", "Queue",
        "OtherNumber", "IntoNumber", "FromNumber"];

    public static TheoryData<string> Languages => ["en", "de"];

    [Fact]
    public void Every_case_event_has_a_decision_on_what_its_customer_sees() => Assert.Equal(
        EventTypes.All.Where(IsCaseEvent).Select(EventTypes.NameOf).Order(), Shown.Keys.Select(EventTypes.NameOf).Order());

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task No_word_that_is_internal_reaches_page_program_or_integrator_whatever_happens_on_a_case(string language)
    {
        var seed = Random.Shared.Next();
        Console.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var types = EventTypes.All.Where(IsCaseEvent).Where(type => type != typeof(CaseOpened)).ToArray();
        var seen = new HashSet<string>();
        for (var round = 0; round < 12; round++)
        {
            random.Shuffle(types);
            var history = new History(random, language);
            // A promise that was withdrawn is over: nothing happens to it any more.
            foreach (var type in types.Where(type => type != typeof(PromiseWithdrawn)).Prepend(typeof(CaseOpened)).Append(typeof(PromiseWithdrawn)))
            {
                history.Add(type);
                var found = Canaries(await history.PageAsync()).Concat(Canaries(history.Json())).ToList();
                seen.UnionWith(found);
                Assert.True(found.TrueForAll(IsShown), $"seed {seed}, after {history.Told}: {string.Join(", ", found.Where(c => !IsShown(c)).Distinct())}");
                Assert.True(Canaries(history.Feed).Count == 0, $"seed {seed}, in the feed of {type.Name}: {history.Feed}");
            }
        }
        // What is meant to be seen is seen: the canaries were where they can be found.
        Assert.Superset(new HashSet<string>(["CaseOpened-Text", "ReplySent-Text", "CasePlanned-Steps.Title", "PromiseMade-Text"]), seen);
    }

    private static bool IsCaseEvent(Type type) => type.Namespace == typeof(CaseOpened).Namespace && type != typeof(CalendarChanged);

    private static bool IsShown(string canary) =>
        canary.Split('-') is [var type, var field] && Shown.Any(row => row.Key.Name == type && row.Value.Contains(field));

    private static List<string> Canaries(string text) => [.. CanaryPattern().Matches(text).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("canary_([A-Za-z]+-[A-Za-z.]+)_")]
    private static partial Regex CanaryPattern();

    /// <summary>A case, event by event, as everybody outside sees it.</summary>
    private sealed class History(Random random, string language)
    {
        private static readonly Guid Case = Guid.NewGuid();
        private readonly List<TimelineEntry> _entries = [];
        private readonly Dictionary<string, Guid> _ids = [];
        private CaseState? _state;

        public string Feed { get; private set; } = "";

        public string Told => string.Join(", ", _entries.Select(entry => entry.Type));

        public void Add(Type type)
        {
            var e = Value(type, type, "")!;
            var at = Now.AddMinutes(_entries.Count);
            _state = Evolution.Evolve(_state, e, at);
            _entries.Add(TimelineEntry.Of(new LoggedEvent
            {
                Position = _entries.Count + 1,
                Id = Guid.NewGuid(),
                Stream = CaseState.StreamOf(Case),
                Version = _entries.Count + 1,
                Type = EventTypes.NameOf(type),
                Data = EventTypes.Write(e),
                Actor = "agent:canary_Actor-Name_",
                CorrelationId = Guid.NewGuid(),
                Time = at,
            }));
            Feed = PublicFacts.Of(e, _state).Json;
        }

        public string Json() => JsonSerializer.Serialize(StatusJson.Of(Model()), CxJson.Options);

        public async Task<string> PageAsync()
        {
            await using var services = new ServiceCollection().AddSingleton(new PageAssets(Options.Create(new BrandOptions()))).BuildServiceProvider();
            await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
            return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<CustomerPage>(
                ParameterView.FromDictionary(new Dictionary<string, object?> { ["Model"] = Model() }))).ToHtmlString());
        }

        private static DateTimeOffset Now => Domain.Scene.Monday;

        private StatusModel Model()
        {
            var view = PublicView.Of(_state!, _entries);
            var setting = StatusSetting.Of(view.TimeZone, new(BusinessCalendar.WorkingWeek("default", "Week", "Europe/Berlin")), Now) with
            {
                OffersCalls = true,
                Call = Cases.CallBacks.CallBackView.BookedOf(_state!),
                Slots = [new(Now, Now.AddMinutes(30))],
            };
            return new(view, setting, "token", StatusWords.In(view.Language));
        }

        // The same id wherever a field of that name stands, so that events are about the same promise, proposal, survey.
        private Guid IdOf(string name)
        {
            if (name == nameof(CaseOpened.CaseId))
                return Case;
            if (!_ids.TryGetValue(name, out var id))
                _ids[name] = id = Guid.NewGuid();
            return id;
        }

        private object? Value(Type root, Type type, string path)
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            var name = path[(path.LastIndexOf('.') + 1)..];
            if (type == typeof(string))
                return (root, name) switch
                {
                    (_, "Language") => language,
                    (_, "TimeZone") => "Europe/Berlin",
                    (_, "Number") => "CX-2026-000001",
                    _ when Facts.Contains(name) => "word",
                    _ => $"canary_{root.Name}-{path}_",
                };
            if (type == typeof(Guid))
                return IdOf(name);
            if (type == typeof(DateTimeOffset))
                return Now.AddMinutes(random.Next(10_000));
            if (type == typeof(TimeSpan))
                return TimeSpan.FromMinutes(random.Next(1, 10_000));
            if (type.IsEnum)
                return name == "Automatic" && random.Next(4) > 0 ? Automatic.None : Enum.GetValues(type).GetValue(random.Next(Enum.GetValues(type).Length));
            if (type.IsAssignableFrom(typeof(Dictionary<string, string>)) && type.IsGenericType && type.GetGenericArguments().Length == 2)
                return new Dictionary<string, string> { [$"canary_{root.Name}-{path}_"] = $"canary_{root.Name}-{path}_" };
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
            {
                var item = type.GetGenericArguments()[0];
                var items = Array.CreateInstance(item, 1);
                items.SetValue(Value(root, item, path), 0);
                return items;
            }
            if (type == typeof(bool))
                return random.Next(2) == 0;
            if (type.IsValueType)
                return Activator.CreateInstance(type);
            var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance)
                .OrderByDescending(c => c.GetParameters().Length).First(c => c.GetParameters() is not [{ } only] || only.ParameterType != type);
            var value = constructor.Invoke([.. constructor.GetParameters().Select(p => Value(root, p.ParameterType, Below(path, p.Name!)))]);
            foreach (var property in type.GetProperties().Where(p => p.CanWrite))
                property.SetValue(value, Value(root, property.PropertyType, Below(path, property.Name)));
            return value;
        }

        private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
    }
}
