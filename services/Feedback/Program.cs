using CxPlatform.Feedback;
using CxPlatform.ServiceDefaults;

var builder = CxHost.CreateBuilder(args, "feedback").AddServiceDefaults();
builder.AddFeedback();
var app = builder.Build().MapServiceDefaults();
app.MapFeedback();
return await app.RunCxAsync(args);
