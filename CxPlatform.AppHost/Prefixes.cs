namespace CxPlatform.AppHost;

/// <summary>
/// Which path belongs to which service. A test compares this table with the endpoints of the modules and with the
/// published manifest, so that the gateway, an ingress and AllInOne answer alike.
/// </summary>
internal static class Prefixes
{
    public static IReadOnlyDictionary<string, string[]> Of { get; } = new Dictionary<string, string[]>
    {
        ["intake"] = ["/v1/contacts", "/v1/channels", "/v1/customers", "/v1/organisations", "/v1/intake", "/contact", "/openapi/intake.json"],
        ["case"] =
        [
            "/v1/cases", "/v1/events", "/v1/calendars", "/v1/measures", "/v1/plan-templates", "/v1/target-policies", "/v1/case", "/desk", "/s",
            "/openapi/case.json", "/",
        ],
        ["routing"] =
        [
            "/v1/queues", "/v1/teams", "/v1/agents", "/v1/rules", "/v1/keys", "/v1/routing", "/sign-in", "/sign-out",
            "/openapi/routing.json",
        ],
        ["notification"] = ["/v1/messages", "/v1/templates", "/v1/subscriptions", "/desk/subscriptions", "/desk/notices", "/v1/agents/me/notices", "/v1/notification", "/messages", "/updates", "/openapi/notification.json"],
        ["feedback"] = ["/v1/surveys", "/v1/feedback", "/survey", "/openapi/feedback.json"],
    };

    /// <summary>The route pattern of a prefix: itself and everything below it. The most specific pattern wins, so "/" has what is left.</summary>
    public static string Pattern(string prefix) => prefix.TrimEnd('/') + "/{**rest}";
}
