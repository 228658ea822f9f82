using CxPlatform.Cases.Domain;
using CxPlatform.Contracts;

namespace CxPlatform.Case.Tests.Domain;

// What is asked of others beside: every word of it is a canary, but for whom the case waits.
public sealed partial class CaseProperties
{
    internal const string Canary = "canary";

    private static CaseCommand Beside(Scene scene, int choice)
    {
        var (s, detail) = (scene.State, choice / 6);
        var side = s.SideConversations.Count == 0 ? Guid.NewGuid() : s.SideConversations[detail % s.SideConversations.Count].Id;
        var awaited = detail % 3 == 0 ? "the manufacturer" : null;
        IReadOnlyList<Attachment> files = detail % 2 == 0 ? [new(Canary + ".pdf", "application/pdf", 1, Canary)] : [];
        return (choice % 6) switch
        {
            0 or 1 => new AskAside(
                scene.NewId(), scene.NewId(), Scene.Ada, $"{Canary}{detail % 3}@supplier.example", Canary, Canary, Canary, files, awaited),
            2 => new WriteAside(side, scene.NewId(), Scene.Bob, Canary, files, awaited),
            3 => new CloseAside(side, Scene.Ada),
            4 => new AsideOver(side),
            _ => new HearAside(
                Scene.Contact(Canary, Guid.NewGuid(), (Automatic)(detail % 3), scene.Now, name: Canary) with
                {
                    From = new(IdentityKind.EmailAddress, $"{Canary}{detail % 4}@supplier.example"),
                    Attachments = files,
                },
                side, EvidenceKind.SideToken),
        };
    }
}
