using CxPlatform.AllInOne;
using CxPlatform.Cases;
using CxPlatform.Feedback;
using CxPlatform.Intake;
using CxPlatform.Notifications;
using CxPlatform.Routing;
using CxPlatform.ServiceDefaults;

var builder = CxHost.CreateBuilder(args, [.. CxTopology.AllModules]).AddServiceDefaults();
builder.AddRouting(); // First: it owns the keys, and who may come in is read from the first module.
builder.AddIntake();
builder.AddCase();
builder.AddNotification();
builder.AddFeedback();
builder.Services.AddHostedService<Welcome>();
var app = builder.Build().MapServiceDefaults();
app.MapIntake();
app.MapCase();
app.MapRouting();
app.MapNotification();
app.MapFeedback();
return await app.RunCxAsync(args);
