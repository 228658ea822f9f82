namespace CxPlatform.Case.Tests.Service;

/// <summary>One host for those tests of a class that leave no trace in it.</summary>
public sealed class SharedCase : IAsyncLifetime
{
    internal CaseHost Host { get; private set; } = null!;

    public async Task InitializeAsync() => Host = await CaseHost.StartAsync(Database.Sqlite);

    public async Task DisposeAsync() => await Host.DisposeAsync();
}
