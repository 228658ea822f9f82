namespace CxPlatform.Intake;

/// <summary>How much speaks for spam, and what. At <c>Cx:Intake:Spam:HoldAt</c> a contact is held until somebody looks.</summary>
/// <param name="Score">Points, added up; below 0 where something speaks for the sender.</param>
/// <param name="Reasons">What gave or took points, one each: <c>dmarc: fail</c>.</param>
public sealed record SpamScore(double Score, IReadOnlyList<string> Reasons)
{
    public static SpamScore None { get; } = new(0, []);

    public static SpamScore Of(double points, string reason) => new(points, [reason]);

    public static SpamScore Add(SpamScore left, SpamScore right) => left + right;

    public static SpamScore operator +(SpamScore left, SpamScore right) => right.Reasons.Count == 0
        ? left
        : new(Math.Round(left.Score + right.Score, 2), [.. left.Reasons, .. right.Reasons]);
}
