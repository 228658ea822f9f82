using Microsoft.Extensions.Options;

namespace CxPlatform.ServiceDefaults;

/// <summary>The configuration does not allow a start. The message is a sentence for the person who starts the process.</summary>
public sealed class ConfigurationFaultException(string message) : Exception(message)
{
    /// <summary>EX_CONFIG of sysexits.h: supervisors can tell a wrong configuration from a crash.</summary>
    public const int ExitCode = 78;

    /// <summary>The sentences to print, or none when <paramref name="exception"/> is not about configuration.</summary>
    internal static IReadOnlyList<string> Sentences(Exception exception) => exception switch
    {
        ConfigurationFaultException fault => [fault.Message],
        OptionsValidationException options => [.. options.Failures.Distinct()],
        AggregateException { InnerExceptions: { Count: > 0 } inner } => Of(inner),
        System.Reflection.TargetInvocationException { InnerException: { } cause } => Sentences(cause),
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } busy =>
            [$"{busy.Message} Stop the other process or choose another address with --urls."],
        _ => [],
    };

    private static List<string> Of(IReadOnlyCollection<Exception> inner)
    {
        var sentences = inner.Select(Sentences).ToList();
        return sentences.Any(s => s.Count == 0) ? [] : [.. sentences.SelectMany(s => s).Distinct()];
    }

    /// <summary>
    /// Registration code throws before there is a host that could catch: the process-wide handler turns a configuration
    /// fault into its sentences and exit code 78, and leaves every other exception to the runtime.
    /// </summary>
    internal static void ExplainUnhandled()
    {
        AppDomain.CurrentDomain.UnhandledException -= Explain;
        AppDomain.CurrentDomain.UnhandledException += Explain;
    }

    private static void Explain(object sender, UnhandledExceptionEventArgs unhandled)
    {
        if (unhandled.ExceptionObject is Exception exception && Print(exception))
            Environment.Exit(ExitCode);
    }

    internal static bool Print(Exception exception)
    {
        var sentences = Sentences(exception);
        foreach (var sentence in sentences)
            Console.Error.WriteLine("CxPlatform cannot start: " + sentence);
        return sentences.Count > 0;
    }
}
