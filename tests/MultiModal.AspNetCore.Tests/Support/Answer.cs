using System.Text.Json;

namespace MultiModal.AspNetCore.Tests.Support;

/// <summary>Looks into answers.</summary>
static class Answer
{
    /// <summary>Asserts that an answer is problem details with a status and a code, and gives nothing away.</summary>
    public static async Task<JsonElement> IsProblemAsync(this Task<HttpResponseMessage> answering, int status, string code)
    {
        using var answer = await answering;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(text).RootElement;
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        Assert.DoesNotContain("/srv/", text, StringComparison.Ordinal);
        return problem;
    }

    public static async Task<JsonElement> IsJsonAsync(this Task<HttpResponseMessage> answering, int status = 200)
    {
        using var answer = await answering;
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }
}
