using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace CxPlatform.Contracts.Tests.Catalogue;

/// <summary>What the contracts' own comments say, as text with <c>code</c> in backticks.</summary>
internal static partial class Words
{
    private static readonly Dictionary<string, XElement> Members = XDocument.Load(Path.ChangeExtension(typeof(EventTypeAttribute).Assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    public static string Of(Type type) => Text(Members.GetValueOrDefault("T:" + type.FullName)?.Element("summary"))
        ?? throw new InvalidOperationException($"{type} has no summary: it says when the event fires.");

    public static string Of(PropertyInfo property) =>
        Text(Members.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}")?.Element("summary"))
        ?? Text(Members.GetValueOrDefault("T:" + property.DeclaringType.FullName)?.Elements("param").FirstOrDefault(param => param.Attribute("name")!.Value == property.Name))
        ?? throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} has no comment: integrators read it as the field's description.");

    private static string? Text(XElement? element) => element is null
        ? null
        : Spaces().Replace(string.Concat(element.Nodes().Select(node => node is XElement { Name.LocalName: "c" } code ? $"`{code.Value}`" : ((XText)node).Value)), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
