using Certrelay.Watch.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Certrelay.App.Telemetry;

/// <summary>Sends metrics by OTLP over HTTP (OpenTelemetry protocol 1.x) at an interval, and once more at the end. A collector that is away costs nothing but its figures.</summary>
internal sealed partial class OtlpExport(TelemetrySettings settings, MetricsPage page, TimeProvider time, ILogger<OtlpExport> logger) : BackgroundService
{
    private static readonly int LongestSending = (int)TimeSpan.FromSeconds(10).TotalMilliseconds;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var gauges = new RecordGauges(page);
        using var exporter = new OtlpMetricExporter(new OtlpExporterOptions
        {
            Endpoint = new Uri(settings.OtlpEndpoint!),
            Protocol = OtlpExportProtocol.HttpProtobuf,
            TimeoutMilliseconds = LongestSending,
        });
        using var reader = new BaseExportingMetricReader(exporter);
        using var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(static resource => resource.AddService("certrelay"))
            .AddMeter(ProductMeter.Name, RecordGauges.Name)
            .AddReader(reader)
            .Build();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(settings.OtlpSeconds), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RefreshAsync(gauges, stoppingToken);
                if (!reader.Collect(LongestSending))
                    Log.NotSent(logger, settings.OtlpEndpoint!);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Disposing of the provider sends what was counted since.
        }
    }

    private async Task RefreshAsync(RecordGauges gauges, CancellationToken cancellationToken)
    {
        try
        {
            await gauges.RefreshAsync(cancellationToken);
        }
        catch (Transient fault)
        {
            Log.NotRead(logger, fault);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Endpoint} did not take the metrics")]
        public static partial void NotSent(ILogger logger, string endpoint);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The records could not be read for the metrics")]
        public static partial void NotRead(ILogger logger, Exception fault);
    }
}
