using CxPlatform.Contracts;
using CxPlatform.Messaging;
using CxPlatform.Notifications.Agents;
using CxPlatform.Notifications.Bounces;
using CxPlatform.Notifications.Choices;
using CxPlatform.Notifications.Conversations;
using CxPlatform.Notifications.Messages;
using CxPlatform.Notifications.Sending;
using CxPlatform.Notifications.Storage;
using CxPlatform.Notifications.Templating;
using CxPlatform.Notifications.Webhooks;
using CxPlatform.Notifications.Webhooks.Desk;
using CxPlatform.Notifications.Webhooks.Subscriptions;
using CxPlatform.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace CxPlatform.Notifications;

/// <summary>Tells customers what happens: one message per event, recipient and template, each of which can be answered.</summary>
public static class NotificationModule
{
    public const string Name = "notification";

    public static IHostApplicationBuilder AddNotification(this IHostApplicationBuilder builder)
    {
        builder.AddModule<NotificationDb, NotificationDbPostgres, NotificationDbSqlite>(
            Name, module => module.HandlersFrom(typeof(NotificationModule).Assembly).Handler<AccessProjection<NotificationDb>>());
        builder.AddAccess<NotificationDb>();
        builder.AddCxOptions<MailOptions>("Cx:Mail");
        builder.AddCxOptions<NotificationOptions>("Cx:Notification");
        var services = builder.Services;
        services.AddSingleton<IValidateOptions<MailOptions>, OptionsRules>();
        services.AddSingleton<IValidateOptions<NotificationOptions>, OptionsRules>();

        // Made now: a template that cannot be rendered stops the start.
        services.AddSingleton<TemplateBook>();
        services.AddHostedService<TemplateWatch>();
        services.AddScoped<EditTemplates>();
        services.AddSingleton<Links>();
        services.AddSingleton<Metrics>();
        services.AddSingleton<Postbox>();
        services.AddSingleton<MailComposer>();
        services.AddSingleton<Wording>();
        services.AddSingleton(provider => new Weights(provider.GetRequiredService<IOptions<NotificationOptions>>().Value.Weights));
        services.AddScoped<CustomerBook>();
        services.AddScoped<ConversationBook>();
        services.AddScoped<AgentBook>();
        services.AddSingleton<AgentWords>();
        services.AddScoped<AgentMail>();
        services.AddSingleton<AgentPresence>();
        services.AddSingleton<NoticeReader>();
        services.AddSingleton<NoticePages.NoticePageReader>();
        services.AddSingleton<NoticeWatch>();
        services.AddSingleton<NoticeStream>();
        services.AddScoped<MarkRead>();
        services.AddScoped<ChooseNotices>();
        services.AddScoped<Collector>();
        services.AddScoped<IPrefetch<NotificationDb>>(provider => provider.GetRequiredService<ConversationBook>());
        services.AddScoped<Copies>();
        services.AddScoped<Outbox>();
        services.AddScoped<Claims>();
        services.AddSingleton<MessageSearch>();
        services.AddScoped<ResendMessage>();
        services.AddScoped<CancelMessage>();
        services.AddScoped<LiftSuppression>();
        services.AddScoped<ChooseUpdates>();
        AddSenders(builder);
        builder.AddWebhooks();
        services.AddGroupCommit<NotificationDb, Attempted, Done, ResultWriter>();
        // After the group commit: it stops first, and what it sent last is still recorded.
        services.AddHostedService<Courier>();
        return builder;
    }

    public static IEndpointRouteBuilder MapNotification(this IEndpointRouteBuilder app)
    {
        app.MapMessages();
        app.MapMessagePages();
        app.MapChoices();
        app.MapSuppressions();
        app.MapNotices();
        app.MapNoticePages();
        app.MapTemplates();
        app.MapTemplatePages();
        app.MapSubscriptions();
        app.MapSubscriptionPages();
        return app;
    }

    private static void AddSenders(IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(provider => new OutboxFolder(
            provider.GetRequiredService<IOptions<MailOptions>>().Value.Outbox is { Length: > 0 } folder
                ? folder
                : Path.Combine(provider.GetRequiredService<CxTopology>().DataPath, "outbox"),
            builder.Environment.IsProduction()));
        services.AddCxHttpClient(HttpSender.Client);
        bool Given(string key) => builder.Configuration[key] is { Length: > 0 };
        bool ByHttp(Channel channel)
        {
            var own = Given($"Cx:Notification:Http:{channel}:Url");
            if (own)
                services.AddSingleton<ISender>(provider => ActivatorUtilities.CreateInstance<HttpSender>(provider, channel));
            return own;
        }
        if (!ByHttp(Channel.Email))
        {
            if (Given("Cx:Mail:Smtp:Host"))
            {
                services.AddCxHttpClient(SmtpTokens.Client);
                services.AddSingleton<SmtpTokens>();
                services.AddSingleton<DomainTurns>();
                services.AddSingleton<ISender, SmtpSender>();
            }
            else
            {
                services.AddSingleton<ISender, FileMailSender>();
            }
        }
        var twilio = Given("Cx:Notification:Twilio:AccountSid");
        if (twilio)
            services.AddCxHttpClient(TwilioSender.Client);
        services.AddCxHttpClient(MetaSender.Client);
        if (!ByHttp(Channel.Sms))
        {
            if (twilio)
                services.AddSingleton<ISender>(provider => ActivatorUtilities.CreateInstance<TwilioSender>(provider, Channel.Sms));
            else
                services.AddSingleton<ISender, FileSmsSender>();
        }
        if (!ByHttp(Channel.Whatsapp))
        {
            if (twilio && Given("Cx:Notification:Twilio:WhatsappFrom"))
                services.AddSingleton<ISender>(provider => ActivatorUtilities.CreateInstance<TwilioSender>(provider, Channel.Whatsapp));
            else if (Given("Cx:Notification:Meta:Whatsapp:Id"))
                services.AddSingleton<ISender>(provider => ActivatorUtilities.CreateInstance<MetaSender>(provider, Channel.Whatsapp));
        }
        services.AddSingleton<FilePostSender>();
        if (!ByHttp(Channel.Social))
        {
            if (Given("Cx:Notification:Meta:Messenger:Id") || Given("Cx:Notification:Meta:Instagram:Id"))
                services.AddSingleton<ISender>(provider => ActivatorUtilities.CreateInstance<MetaSender>(provider, Channel.Social));
            else
                services.AddSingleton<ISender>(provider => provider.GetRequiredService<FilePostSender>());
        }
    }
}
