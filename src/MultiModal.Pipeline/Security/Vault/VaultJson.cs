using System.Text.Json.Serialization;

namespace MultiModal.Pipeline.Security;

[JsonSerializable(typeof(RecordingDescription))]
sealed partial class VaultJson : JsonSerializerContext;
