using System.Collections;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

/// <summary>Validates DataAnnotations through nested objects, lists and dictionaries, and names the whole configuration key.</summary>
internal sealed class Annotations<TOptions>(string section) : IValidateOptions<TOptions> where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var failures = new List<string>();
        Visit(section, options, failures, depth: 0);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void Visit(string path, object value, List<string> failures, int depth)
    {
        if (depth > 8 || value is string || value is Uri || value.GetType().IsValueType)
            return;
        if (value is IDictionary map)
        {
            foreach (DictionaryEntry entry in map)
                VisitNested($"{path}:{entry.Key}", entry.Value, failures, depth);
            return;
        }
        if (value is IEnumerable list)
        {
            var index = 0;
            foreach (var item in list)
                VisitNested($"{path}:{index++}", item, failures, depth);
            return;
        }
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        foreach (var result in results)
        {
            var member = result.MemberNames.FirstOrDefault();
            var rule = result.ErrorMessage ?? "is not valid.";
            // The stock messages speak of "the field X"; the whole key says where to look.
            failures.Add(member is null ? $"{path}: {rule}" : $"{path}:{member} {Rule(rule, member)}");
        }
        foreach (var property in value.GetType().GetProperties().Where(p => p.CanRead && p.GetIndexParameters().Length == 0))
            VisitNested($"{path}:{property.Name}", property.GetValue(value), failures, depth);
    }

    private static string Rule(string message, string member)
    {
        var stock = message.Replace($"The field {member} ", "", StringComparison.Ordinal).Replace($"The {member} field ", "", StringComparison.Ordinal);
        return stock;
    }

    private static void VisitNested(string path, object? value, List<string> failures, int depth)
    {
        if (value is not null)
            Visit(path, value, failures, depth + 1);
    }
}
