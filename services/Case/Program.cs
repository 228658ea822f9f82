using CxPlatform.Cases;
using CxPlatform.ServiceDefaults;

var builder = CxHost.CreateBuilder(args, "case").AddServiceDefaults();
builder.AddCase();
var app = builder.Build().MapServiceDefaults();
app.MapCase();
return await app.RunCxAsync(args);
