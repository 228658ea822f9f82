using System.Text.RegularExpressions;
using CxPlatform.Cases.Domain;
using CxPlatform.Contracts.Cases.V1;
using CxPlatform.Testing;

namespace CxPlatform.Case.Tests.Domain;

/// <summary>docs/cases.md says what the domain does: its diagram is made by trying, its table is the table of moves.</summary>
/// <remarks>After a change: run once with CX_WRITE_GOLDEN=1, and read what changed.</remarks>
public sealed class CaseDocsTests
{
    private static readonly CaseStatus[] States = [.. Moves.Open, CaseStatus.Resolved, CaseStatus.Closed];

    private static readonly (string Word, Func<Scene, CaseCommand> Command)[] Steps =
    [
        ("Routing decides", s => new Triage(s.Decision())),
        ("Routing is silent", s => new AcknowledgeByDefault(s.State.Id)),
        ("answering", s => new SendReply(s.NewId(), Scene.Ada, "We look into it.", [], false)),
        ("asking the customer", s => new SendReply(s.NewId(), Scene.Ada, "Which model?", [], true)),
        ("promising", s => new MakePromise(s.NewId(), Scene.Ada, "A new one", s.Now.AddDays(1))),
        ("changing a step", s => new ChangeStep(null, "Repair", null, null, null)),
        ("waiting on a third party", _ => new AwaitThirdParty("the manufacturer")),
        ("ending the wait", _ => new EndWaiting()),
        ("proposing", s => new Propose(s.NewId(), s.NewId(), Scene.Ada, "A new one", null)),
        ("the customer accepts", _ => new AcceptSolution(null)),
        ("the customer declines", _ => new DeclineSolution(null, null)),
        ("the announced time passes in silence", s => new ProposalSilence(s.State.Id, s.State.Proposal?.Id ?? Guid.Empty, s.State.Proposal?.AnswerBy ?? s.Now)),
        ("the customer writes", s => new JoinContact(Scene.Contact("It is broken again.", at: s.Now), Contracts.EvidenceKind.ReplyToken)),
        ("resolving", _ => new ResolveCase(CaseResult.Solved, "Done")),
        ("reopening", _ => new ReopenCase("Not over")),
        ("an unhappy answer to the survey", _ => new StartRecovery(Guid.NewGuid(), 1)),
        ("fourteen days pass", s => new CloseDue(s.State.Id, s.State.ResolvedAt ?? s.Now)),
        ("merging", _ => new MergeInto(Scene.Answered().State, null, Scene.Ada)),
    ];

    [Fact]
    public void The_diagram_of_states_is_what_the_domain_does() => UpToDate("states", Diagram());

    [Fact]
    public void The_table_of_what_is_possible_when_is_the_table_of_moves() => UpToDate("moves", Table());

    private static string Diagram()
    {
        var edges = new Dictionary<(CaseStatus From, CaseStatus To), List<string>>();
        foreach (var from in States)
            foreach (var (word, command) in Steps)
            {
                var scene = In(from);
                Assert.Equal(from, scene.State.Status);
                if (word.Contains("time passes", StringComparison.Ordinal))
                    scene.Now = scene.State.Proposal?.AnswerBy ?? scene.Now;
                if (word.Contains("days pass", StringComparison.Ordinal))
                    scene.Now += TimeSpan.FromDays(14);
                if (scene.Try(command(scene)).IsRefused || scene.State.Status == from)
                    continue;
                if (!edges.TryGetValue((from, scene.State.Status), out var words))
                    edges[(from, scene.State.Status)] = words = [];
                words.Add(word);
            }
        var lines = States.Select(state => $"    state \"{Moves.Word(state)}\" as {state}").Append("    [*] --> New : a contact comes in")
            .Concat(edges.OrderBy(edge => edge.Key).Select(edge => $"    {edge.Key.From} --> {edge.Key.To} : {string.Join(", ", edge.Value)}"));
        return $"```mermaid\nstateDiagram-v2\n{string.Join('\n', lines)}\n```\n";
    }

    private static string Table()
    {
        var rows = Moves.Table.Where(move => move.Doing is not null).DistinctBy(move => move.Doing)
            .Select(move => $"| {move.Doing} | {string.Join(" | ", States.Select(state => move.In.Contains(state) ? "✓" : ""))} |");
        return $"| | {string.Join(" | ", States.Select(Moves.Word))} |\n|---|{string.Concat(States.Select(_ => "---|"))}\n{string.Join('\n', rows)}\n";
    }

    private static Scene In(CaseStatus status)
    {
        var scene = status switch
        {
            CaseStatus.New => Scene.Opened(),
            CaseStatus.Acknowledged => Scene.Acknowledged(Scene.Ada),
            CaseStatus.Proposed => Scene.Proposed(),
            CaseStatus.Resolved => Scene.Resolved(),
            CaseStatus.Closed => Scene.Closed(),
            _ => Scene.Answered(),
        };
        if (status == CaseStatus.WaitingOnCustomer)
            scene.Reply(asks: true);
        if (status == CaseStatus.WaitingOnThirdParty)
            scene.Do(new AwaitThirdParty("the manufacturer"));
        return scene;
    }

    private static void UpToDate(string part, string written)
    {
        var file = Repository.PathOf("docs", "cases.md");
        var text = File.ReadAllText(file);
        var place = new Regex($"(?<=<!-- {part} -->\n).*?(?=<!-- /{part} -->)", RegexOptions.Singleline);
        if (Environment.GetEnvironmentVariable("CX_WRITE_GOLDEN") == "1")
            File.WriteAllText(file, text = place.Replace(text, _ => written));
        Assert.True(place.Match(text).Value == written, $"docs/cases.md, {part}: is not what the domain does. CX_WRITE_GOLDEN=1 writes it anew.");
    }
}
