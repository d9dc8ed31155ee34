using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MultiModal.Runtime.Sessions;

/// <summary>A tensor pinned for the runtime to read or write in place.</summary>
sealed class TensorSlot : IDisposable
{
    GCHandle pin;

    /// <summary>The tensor in the slot, or null.</summary>
    public TensorData? Tensor { get; private set; }

    /// <summary>The runtime's view of it.</summary>
    public OrtValue? Value { get; private set; }

    /// <summary>Puts a tensor in.</summary>
    /// <returns>Whether it is another one than before, so that it must be bound anew.</returns>
    public bool Put(TensorData tensor)
    {
        if (ReferenceEquals(tensor, Tensor))
            return false;
        Dispose();
        pin = GCHandle.Alloc(tensor.Storage, GCHandleType.Pinned);
        try
        {
            Value = OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.Type, [.. tensor.Dimensions], pin.AddrOfPinnedObject(), tensor.Bytes.Length);
        }
        catch
        {
            pin.Free();
            throw;
        }

        LiveHandles.Opened(NativeHandleKind.Value);
        Tensor = tensor;
        return true;
    }

    public void Dispose()
    {
        if (Tensor is null)
            return;
        Value!.Dispose();
        LiveHandles.Closed(NativeHandleKind.Value);
        pin.Free();
        (Tensor, Value) = (null, null);
    }
}
