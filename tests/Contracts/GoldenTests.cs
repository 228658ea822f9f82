using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CxPlatform.Contracts.Public;
using CxPlatform.Messaging;

namespace CxPlatform.Contracts.Tests;

/// <summary>Events are kept for years: what was written once must read for ever. <c>Golden/{type}.json</c> holds every event as it is
/// written today, with every field set; <c>Golden/{type}.{n}.json</c> as it was written before a field was added.</summary>
/// <remarks>After adding an optional field: rename the golden file to the next <c>.{n}.json</c> and run once with CX_WRITE_GOLDEN=1.</remarks>
public sealed class GoldenTests
{
    private static readonly JsonSerializerOptions Indented = new(EventTypes.Json) { WriteIndented = true };

    public static TheoryData<string> Types => [.. EventTypes.All.Select(EventTypes.NameOf).Order()];

    /// <summary>With the public ones: their data stands in logs as well, and integrators keep it.</summary>
    public static TheoryData<string> AllTypes =>
        [.. EventTypes.All.Select(EventTypes.NameOf).Concat(EventCatalogue.All.Select(type => EventCatalogue.Of(type).Type)).Order()];

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(Folder(), "*.json").Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void An_event_is_written_as_it_always_was(string type)
    {
        var path = Path.Combine(Folder(), type + ".json");
        var written = JsonSerializer.Serialize(Sample.Of(Find(type), "data"), Find(type), Indented) + "\n";
        if (Environment.GetEnvironmentVariable("CX_WRITE_GOLDEN") == "1" && !File.Exists(path))
            File.WriteAllText(path, written);

        Assert.True(File.Exists(path), $"{path} is missing: see the remarks on {nameof(GoldenTests)}.");
        Assert.Equal(File.ReadAllText(path), written);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void An_event_that_was_written_once_still_reads(string file)
    {
        var type = file[..(file.IndexOf(".v1", StringComparison.Ordinal) + 3)];
        var json = File.ReadAllText(Path.Combine(Folder(), file));
        using var old = JsonDocument.Parse(json);
        using var again = JsonDocument.Parse(EventTypes.Write(JsonSerializer.Deserialize(json, Find(type), EventTypes.Json)!));
        foreach (var field in old.RootElement.EnumerateObject())
            Assert.True(
                again.RootElement.TryGetProperty(field.Name, out var value) && JsonElement.DeepEquals(field.Value, value), $"{file}: {field.Name} was lost or changed.");
    }

    [Fact]
    public void Every_event_names_its_version() => Assert.All(EventTypes.All, type => Assert.Matches(@"^[a-z-]+(\.[a-z-]+)+\.v\d+$", EventTypes.NameOf(type)));

    [Fact]
    public void Every_enum_of_the_contracts_has_a_member_for_words_it_does_not_know() => Assert.All(
        typeof(EventTypeAttribute).Assembly.GetExportedTypes().Where(type => type.IsEnum), type => Assert.Contains("Unknown", Enum.GetNames(type)));

    [Theory]
    [MemberData(nameof(Types))]
    public void Erasure_leaves_no_personal_field(string type)
    {
        var clr = EventTypes.Find(type)!;
        var erased = EventTypes.WithoutPersonalData(type, EventTypes.Write(Sample.Of(clr, "data")));
        Assert.DoesNotContain(Sample.PersonalText, erased, StringComparison.Ordinal);
        Assert.IsType(clr, EventTypes.Read(type, erased));
    }

    private static Type Find(string type) => EventTypes.Find(type) ?? EventCatalogue.Find(type)!;

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Golden");
}

/// <summary>A value of any contract with every field set, the same at every run.</summary>
internal static class Sample
{
    public const string PersonalText = "something personal";

    public static object Of(Type type, string name, bool personal = false)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string))
            return personal ? PersonalText : name;
        if (type == typeof(Guid))
            return new Guid($"00000000-0000-7000-8000-{Math.Abs(name.Sum(c => c)):d12}");
        if (type == typeof(DateTimeOffset))
            return new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
        if (type == typeof(TimeSpan))
            return TimeSpan.FromHours(4);
        if (type == typeof(DateOnly))
            return new DateOnly(2026, 12, 25);
        if (type == typeof(TimeOnly))
            return new TimeOnly(9, 30);
        if (type == typeof(bool))
            return true;
        if (type == typeof(int))
            return 3;
        if (type == typeof(long))
            return 7L;
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var items = Array.CreateInstance(type.GetGenericArguments()[0], 1);
            items.SetValue(Of(type.GetGenericArguments()[0], name, personal), 0);
            return items;
        }
        if (type == typeof(IReadOnlyDictionary<string, string>))
            return new Dictionary<string, string> { ["order"] = "1234" };

        var constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).First(c => c.GetParameters() is not [{ } only] || only.ParameterType != type);
        var value = constructor.Invoke([.. constructor.GetParameters().Select(p => Of(p.ParameterType, p.Name!, IsPersonal(type, p.Name!)))]);
        foreach (var property in type.GetProperties().Where(p => p.CanWrite))
            property.SetValue(value, Of(property.PropertyType, JsonNamingPolicy.CamelCase.ConvertName(property.Name), property.IsDefined(typeof(PersonalAttribute))));
        return value;
    }

    private static bool IsPersonal(Type type, string parameter) => type.GetProperty(parameter)?.IsDefined(typeof(PersonalAttribute)) == true;
}
