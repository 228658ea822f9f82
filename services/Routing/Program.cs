using CxPlatform.Routing;
using CxPlatform.ServiceDefaults;

var builder = CxHost.CreateBuilder(args, "routing").AddServiceDefaults();
builder.AddRouting();
var app = builder.Build().MapServiceDefaults();
app.MapRouting();
return await app.RunCxAsync(args);
