// Sound in the browser: WAV files both ways, waveforms, and blocks of samples from the microphone.

export function encodeWav(samples, rate) {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2));
  const text = (at, value) => [...value].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF'); view.setUint32(4, 36 + samples.length * 2, true); text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true);
  view.setUint32(24, rate, true); view.setUint32(28, rate * 2, true); view.setUint16(32, 2, true); view.setUint16(34, 16, true);
  text(36, 'data'); view.setUint32(40, samples.length * 2, true);
  for (let i = 0; i < samples.length; i++)
    view.setInt16(44 + i * 2, Math.max(-32768, Math.min(32767, Math.round(samples[i] * 32768))), true);
  return new Blob([view], { type: 'audio/wav' });
}

export async function decode(blob) {
  const context = new OfflineAudioContext(1, 1, 48000);
  const buffer = await context.decodeAudioData(await blob.arrayBuffer());
  return { samples: buffer.getChannelData(0), seconds: buffer.duration };
}

export function drawWave(canvas, samples, colour) {
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue(colour);
  context.lineWidth = 1.5;
  context.beginPath();
  if (!samples?.length) {
    context.globalAlpha = 0.35;
    context.moveTo(0, height / 2); context.lineTo(width, height / 2); context.stroke();
    context.globalAlpha = 1;
    return;
  }
  const bars = width / 3;
  for (let i = 0; i < bars; i++) {
    const from = Math.floor(i * samples.length / bars), to = Math.max(from + 1, Math.floor((i + 1) * samples.length / bars));
    let peak = 0;
    for (let k = from; k < to; k++) peak = Math.max(peak, Math.abs(samples[k]));
    const half = Math.max(0.5, peak * height / 2);
    context.moveTo(i * 3 + 1.5, height / 2 - half); context.lineTo(i * 3 + 1.5, height / 2 + half);
  }
  context.stroke();
}

// The microphone as blocks of mono samples. Returns what stops it.
export async function openMicrophone(onBlock) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false } });
  const context = new AudioContext({ sampleRate: 48000 });
  await context.audioWorklet.addModule(new URL('recorder.js', import.meta.url));
  const source = context.createMediaStreamSource(stream);
  const recorder = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
  recorder.port.onmessage = event => onBlock(event.data);
  source.connect(recorder);
  return {
    rate: context.sampleRate,
    context,
    async stop() {
      stream.getTracks().forEach(track => track.stop());
      await context.close();
    },
  };
}
