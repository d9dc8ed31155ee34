using System.Net.ServerSentEvents;
using System.Text.Json;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>Reads server-sent events.</summary>
static class ServerEvents
{
    public static async Task<List<(string Type, JsonElement Data)>> ReadEventsAsync(this HttpResponseMessage answer)
    {
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var events = new List<(string, JsonElement)>();
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync())
            events.Add((item.EventType, JsonDocument.Parse(item.Data).RootElement));
        return events;
    }

    public static HttpRequestMessage AskForEvents(HttpMethod method, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Accept.Add(new("text/event-stream"));
        return request;
    }
}
