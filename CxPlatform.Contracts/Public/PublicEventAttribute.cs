namespace CxPlatform.Contracts.Public;

/// <summary>An event as integrators know it. When it fires is said by the summary of the class that this stands on; the catalogue in
/// <c>docs/events.md</c>, the schemas and the AsyncAPI document are made of both.</summary>
/// <param name="type">CloudEvents type, e.g. <c>cx.case.opened.v1</c>. It never changes; the class may be renamed.</param>
/// <param name="title">A few words for a list.</param>
/// <param name="by">Who or what makes it happen.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PublicEventAttribute(string type, string title, string by) : Attribute
{
    public string Type { get; } = type;

    public string Title { get; } = title;

    public string By { get; } = by;

    /// <summary>Types of which at least one has happened to the same case before; none: it is the first.</summary>
    public string[] Follows { get; init; } = [];
}
