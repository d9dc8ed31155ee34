// Gathers the microphone's 128-sample quanta into blocks of a fiftieth of a second.
registerProcessor('recorder', class extends AudioWorkletProcessor {
  block = new Float32Array(960);
  filled = 0;

  process([[channel]]) {
    for (const sample of channel ?? []) {
      this.block[this.filled++] = sample;
      if (this.filled === this.block.length) {
        this.port.postMessage(this.block.slice());
        this.filled = 0;
      }
    }
    return true;
  }
});
