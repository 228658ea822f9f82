using MassTransit;
using RabbitMQ.Client;

namespace CxPlatform.Messaging;

/// <summary>The broker as the relay uses it: batches through MassTransit, the public topic exchange through the client itself.</summary>
internal sealed class RabbitTransport(Uri uri, IBus bus) : IAsyncDisposable
{
    /// <summary>Integrators bind their queues to it.</summary>
    public const string PublicExchange = "cx.events";
    public const string DeadQueue = "cx.dead";

    /// <summary>Deliveries of one batch before it goes to <see cref="DeadQueue"/>. Only a crash or a shutdown returns a batch, so this is a net, not a policy.</summary>
    public const int DeliveryLimit = 100;

    /// <summary>See <see cref="ILogTarget.Gather"/>. Four hops lie between a contact and its acknowledgement: on a busy platform they take at most
    /// 400 ms longer, for a transaction per tens of events where it was one per event or two.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    // A publish in flight when the broker dies never completes by itself.
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private IConnection? _connection;
    private IChannel? _channel;
    private bool _declared;

    /// <summary>Queue arguments: those of the declaration here and of the receive endpoint must be the same.</summary>
    public static IReadOnlyDictionary<string, object?> QueueArguments { get; } = new Dictionary<string, object?>
    {
        ["x-queue-type"] = "quorum",
        ["x-single-active-consumer"] = true,
        ["x-delivery-limit"] = DeliveryLimit,
        ["x-dead-letter-exchange"] = DeadQueue,
    };

    public async Task SendAsync(Route route, EventBatch batch, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(PublishTimeout);
        try
        {
            await DeclareAsync(limit.Token);
            var endpoint = await bus.GetSendEndpoint(new Uri("exchange:" + route.Queue)).WaitAsync(limit.Token);
            await endpoint.Send(batch, context =>
            {
                if (context.TryGetPayload<RabbitMqSendContext>(out var rabbit))
                    rabbit.Mandatory = true;
            }, limit.Token).WaitAsync(limit.Token);
        }
        catch
        {
            // The broker may have been put up anew without our queues.
            _declared = false;
            throw;
        }
    }

    /// <summary>Publishes to the topic exchange with confirms, in order: one channel, many in flight.</summary>
    public async Task PublishAsync(IReadOnlyList<LoggedEvent> events, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(PublishTimeout);
        try
        {
            await DeclareAsync(limit.Token);
            var channel = await ChannelAsync(limit.Token);
            var confirms = new List<Task>(events.Count);
            foreach (var e in events)
            {
                var properties = new BasicProperties
                {
                    ContentType = "application/cloudevents+json",
                    DeliveryMode = DeliveryModes.Persistent,
                    MessageId = e.Id.ToString(),
                    Type = CloudEvent.TypeOf(e),
                    Timestamp = new(e.Time.ToUnixTimeSeconds()),
                };
                confirms.Add(channel.BasicPublishAsync(PublicExchange, CloudEvent.RoutingKeyOf(e), mandatory: false, properties, CloudEvent.Write(e), limit.Token).AsTask());
            }
            await Task.WhenAll(confirms).WaitAsync(limit.Token);
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    /// <summary>True when the broker answers.</summary>
    public async Task<bool> IsReachableAsync(CancellationToken ct)
    {
        try
        {
            await ChannelAsync(ct);
            return true;
        }
#pragma warning disable CA1031 // Not reachable, for whatever reason.
        catch (Exception) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _gate.Dispose();
    }

    // All queues of the whole table: an event waits for its consumer even if that never ran yet.
    private async Task DeclareAsync(CancellationToken ct)
    {
        if (_declared)
            return;
        var channel = await ChannelAsync(ct);
        await _gate.WaitAsync(ct);
        try
        {
            await channel.ExchangeDeclareAsync(PublicExchange, ExchangeType.Topic, durable: true, cancellationToken: ct);
            await channel.ExchangeDeclareAsync(DeadQueue, ExchangeType.Fanout, durable: true, cancellationToken: ct);
            await channel.QueueDeclareAsync(
                DeadQueue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: ct);
            await channel.QueueBindAsync(DeadQueue, DeadQueue, "", cancellationToken: ct);
            foreach (var route in Routes.All)
            {
                await channel.ExchangeDeclareAsync(route.Queue, ExchangeType.Fanout, durable: true, cancellationToken: ct);
                await channel.QueueDeclareAsync(
                    route.Queue, durable: true, exclusive: false, autoDelete: false, QueueArguments.ToDictionary(), cancellationToken: ct);
                await channel.QueueBindAsync(route.Queue, route.Queue, "", cancellationToken: ct);
            }
            _declared = true;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IChannel> ChannelAsync(CancellationToken ct)
    {
        if (_channel is { IsOpen: true } open)
            return open;
        await _gate.WaitAsync(ct);
        try
        {
            if (_channel is { IsOpen: true } opened)
                return opened;
            if (_connection is not { IsOpen: true })
            {
                var factory = new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false, ClientProvidedName = "cx-relay", RequestedConnectionTimeout = PublishTimeout };
                _connection = await factory.CreateConnectionAsync(ct);
            }
            _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), ct);
            return _channel;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CloseAsync()
    {
        var connection = Interlocked.Exchange(ref _connection, null);
        _channel = null;
        _declared = false;
        if (connection is not null)
            await connection.DisposeAsync();
    }
}

/// <summary>A module's queue on the broker; the position lies with the owner, saved now and then and fenced.</summary>
internal sealed class RabbitTarget(Route route, RabbitTransport transport, ModuleStore store) : ILogTarget
{
    public string Name => route.Consumer;

    public IReadOnlySet<string>? Types => route.Streams is null ? route.Types : null;

    public TimeSpan Gather => RabbitTransport.Gather;

    public bool Wants(LoggedEvent e) => route.Wants(e);

    public Task<Cursor?> LoadAsync(CancellationToken ct) => Cursors.LoadAsync(store, "to:" + Name, ct);

    public Task SendAsync(Guid epoch, long upTo, IReadOnlyList<LoggedEvent> events, CancellationToken ct) =>
        transport.SendAsync(route, new EventBatch { Owner = route.Owner, Epoch = epoch, UpTo = upTo, Events = events }, ct);

    public Task SaveAsync(Lease lease, Cursor cursor, CancellationToken ct) => SaveAsync(store, Name, lease, cursor, ct);

    internal static async Task SaveAsync(ModuleStore store, string name, Lease lease, Cursor cursor, CancellationToken ct)
    {
        await using var transaction = await store.BeginAsync(ct);
        await lease.CheckAsync(transaction, ct);
        await Cursors.SaveAsync(store, transaction, "to:" + name, cursor.Epoch, cursor.Position, ct);
        await transaction.Transaction.CommitAsync(ct);
    }
}

/// <summary>The public topic exchange: every event of a case stream.</summary>
internal sealed class PublicTarget(RabbitTransport transport, ModuleStore store) : ILogTarget
{
    public string Name => RabbitTransport.PublicExchange;

    public TimeSpan Gather => RabbitTransport.Gather;

    public bool Wants(LoggedEvent e) => e.Stream.StartsWith("case/", StringComparison.Ordinal);

    public Task<Cursor?> LoadAsync(CancellationToken ct) => Cursors.LoadAsync(store, "to:" + Name, ct);

    public Task SendAsync(Guid epoch, long upTo, IReadOnlyList<LoggedEvent> events, CancellationToken ct) => transport.PublishAsync(events, ct);

    public Task SaveAsync(Lease lease, Cursor cursor, CancellationToken ct) => RabbitTarget.SaveAsync(store, Name, lease, cursor, ct);
}
