using System.Text;
using System.Text.Json.Nodes;
using MultiModal.Jimeng.Volcengine;

namespace MultiModal.Jimeng.Tests.Volcengine;

public sealed class JimengJsonTests
{
    [Fact]
    public void Unknown_fields_are_sent_along()
    {
        Assert.Equal("""{"req_key":"k","prompt":"猫+","n":1}""", Text(new JimengCustomRequest("k", new JsonObject { ["prompt"] = "猫+", ["n"] = 1 })));
        Assert.Equal("""{"req_key":"jimeng_t2i_v31","prompt":"猫","seed":5,"new_switch":true}""", Text(new Jimeng3ImageRequest("猫") { Seed = 5, Extra = new() { ["new_switch"] = true } }));
    }

    [Fact]
    public void A_typed_request_reads_as_the_manual_has_it()
    {
        Assert.Equal(
            """{"req_key":"jimeng_t2i_v40","prompt":"p","image_urls":["https://a/b?c=1&d=2"],"width":2048,"height":2048,"force_single":true}""",
            Text(new Jimeng40ImageRequest("p") { Width = 2048, Height = 2048, ImageUrls = [new("https://a/b?c=1&d=2")] }));
        Assert.Equal(
            """{"req_key":"jimeng_high_aes_general_v21_L","prompt":"p","return_url":true,"logo_info":{"add_logo":true,"position":0,"language":0,"logo_text_content":"AI"}}""",
            Text(new Jimeng21ImageRequest("p") { Result = new() { LogoInfo = new() { Text = "AI" } } }));
    }

    [Fact]
    public void Base64_takes_four_thirds_of_its_bytes_and_no_escapes()
    {
        var bytes = new byte[300_000];
        Array.Fill(bytes, (byte)0xFB);
        var json = new Jimeng3EditRequest(bytes, "p").ToJson();
        Assert.InRange(json.Length, 400_000, 400_200);
        Assert.Contains("+/v7", Encoding.UTF8.GetString(json), StringComparison.Ordinal);
    }

    static string Text(JimengRequest request) => Encoding.UTF8.GetString(request.ToJson());
}
