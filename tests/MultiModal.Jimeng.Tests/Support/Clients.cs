using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MultiModal.Jimeng.Baidu;
using MultiModal.Jimeng.Http;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Tests.Support;

/// <summary>Clients over a scripted network.</summary>
internal static class Clients
{
    public const string ApiKey = "testApiKey0001";
    public const string SecretKey = "testSecretKey0001";
    public const string AccessKey = "AKLTtest0001";
    public const string SecretAccessKey = "c2VjcmV0LWtleS10ZXN0";

    public static IBaiduAIClient Baidu(HttpMessageHandler network, Action<BaiduAIOptions>? configure = null, TimeProvider? time = null, ILoggerProvider? log = null) =>
        Provider(
            services => services.AddBaiduAI(options =>
            {
                options.ApiKey = ApiKey;
                options.SecretKey = SecretKey;
                Exact(options.Resilience);
                configure?.Invoke(options);
            }).ConfigurePrimaryHttpMessageHandler(() => network),
            time,
            log).GetRequiredService<IBaiduAIClient>();

    public static IJimengClient Jimeng(HttpMessageHandler network, Action<JimengOptions>? configure = null, TimeProvider? time = null, ILoggerProvider? log = null) =>
        Provider(
            services => services.AddJimeng(options =>
            {
                options.AccessKeyId = AccessKey;
                options.SecretAccessKey = SecretAccessKey;
                Exact(options.Resilience);
                configure?.Invoke(options);
            }).ConfigurePrimaryHttpMessageHandler(() => network),
            time,
            log).GetRequiredService<IJimengClient>();

    public static ServiceProvider Provider(Action<IServiceCollection> add, TimeProvider? time = null, ILoggerProvider? log = null)
    {
        var services = new ServiceCollection();
        if (time is not null)
            services.AddSingleton(time);
        if (log is not null)
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        add(services);
        return services.BuildServiceProvider();
    }

    /// <summary>Waits without chance, so that a schedule can be asserted to the tick.</summary>
    static void Exact(CloudResilienceOptions resilience) => resilience.Jitter = 0;
}
