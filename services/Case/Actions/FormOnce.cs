using System.Security.Cryptography;
using System.Text;
using CxPlatform.Messaging;

namespace CxPlatform.Cases.Actions;

/// <summary>
/// Lets a form that a person sent twice act once, in the way that an Idempotency-Key does for programs: every rendered form has
/// a number of its own in <c>once</c>. The same number with other words is another wish, since browsers go back to old forms.
/// </summary>
internal static class FormOnce
{
    /// <summary>What the form's first sending came to; null while that is still being worked on.</summary>
    public static async Task<Outcome<T>?> RunAsync<T>(IFormCollection form, Func<Task<Outcome<T>>> act)
    {
        if (!Guid.TryParse(form["once"], out _))
            return await act();
        var hash = HashOf(form);
        var request = Ambient.Current;
        using var once = Ambient.Use(request with { Idempotency = new(request.Actor, "form", hash, hash) });
        try
        {
            return await act();
        }
        catch (IdempotencyInFlightException)
        {
            return null;
        }
    }

    private static string HashOf(IFormCollection form)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The token against forgery differs with every rendering, and the version is what the page showed: neither is the wish.
        var wish = form.Where(field => field.Key is not ("__RequestVerificationToken" or "version"));
        foreach (var (name, values) in wish.OrderBy(field => field.Key, StringComparer.Ordinal))
            foreach (var value in values)
                hash.AppendData(Encoding.UTF8.GetBytes($"{name.Length}:{name}={value?.Length}:{value}"));
        foreach (var file in form.Files)
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.FileName.Length}:{file.FileName}={file.Length}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
