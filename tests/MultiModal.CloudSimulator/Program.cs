using MultiModal.CloudSimulator;

// dotnet run --project tests/MultiModal.CloudSimulator [port]
var port = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 0;
await using var simulator = await Simulator.StartAsync(new SimulatorOptions { Port = port });
Console.WriteLine($"Baidu AI Cloud and Jimeng, simulated, at {simulator.Address}");
Console.WriteLine($"Baidu:  ApiKey {simulator.Options.BaiduApiKey}, SecretKey {simulator.Options.BaiduSecretKey}, bearer key {simulator.Options.BearerKey}, AppId {simulator.Options.BaiduAppId}");
Console.WriteLine($"Jimeng: AccessKeyId {simulator.Options.VolcAccessKey}, SecretAccessKey {simulator.Options.VolcSecretKey}");
Console.WriteLine("Ctrl+C stops it.");
var stopped = new TaskCompletionSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stopped.TrySetResult();
};
await stopped.Task;
