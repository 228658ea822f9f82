using CxPlatform.Intake;
using CxPlatform.ServiceDefaults;

var builder = CxHost.CreateBuilder(args, IntakeModule.Name).AddServiceDefaults();
builder.AddIntake();
var app = builder.Build().MapServiceDefaults();
app.MapIntake();
return await app.RunCxAsync(args);
