namespace CxPlatform.Contracts;

/// <summary>The stored name of an event: <c>case.opened.v1</c>. It never changes; the class may be renamed.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class EventTypeAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Marks a field that erasure removes: content and whatever identifies a person.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PersonalAttribute : Attribute;
