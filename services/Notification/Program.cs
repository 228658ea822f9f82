using CxPlatform.Notifications;
using CxPlatform.ServiceDefaults;

var builder = CxHost.CreateBuilder(args, NotificationModule.Name).AddServiceDefaults();
builder.AddNotification();
var app = builder.Build().MapServiceDefaults();
app.MapNotification();
return await app.RunCxAsync(args);
