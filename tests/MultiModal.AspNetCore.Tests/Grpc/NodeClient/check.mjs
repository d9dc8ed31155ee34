// Calls a host as programs in other languages do: by the .proto file and gRPC's own client. One line for each check; exit code 1 when one fails.
//     node check.mjs ADDRESS KEY PROTO
import assert from 'node:assert/strict';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [, , address, key, proto] = process.argv;
const definition = loader.loadSync(proto, { keepCase: false, longs: Number, enums: String, oneofs: true, defaults: true });
const { Voice, Images } = grpc.loadPackageDefinition(definition).multimodal.v1;
const insecure = grpc.credentials.createInsecure();
const voice = new Voice(address, insecure);
const images = new Images(address, insecure);
const compressing = new Voice(address, insecure, { 'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip });

const metadata = () => {
  const data = new grpc.Metadata();
  data.set('x-api-key', key);
  return data;
};

const unary = (client, method, request, options = {}, data = metadata()) => new Promise((resolve, reject) =>
  client[method](request, data, options, (error, answer) => error ? reject(error) : resolve(answer)));

const samples = Float32Array.from({ length: 4800 }, (_, i) => Math.fround(Math.sin(i / 20) / 2));
const bytes = part => Buffer.from(part.buffer, part.byteOffset, part.byteLength);
const floats = part => new Float32Array(Uint8Array.from(part).buffer);
const turned = part => Array.from(part, sample => -sample);
const sound = { audio: { data: bytes(samples), encoding: 'AUDIO_ENCODING_FLOAT32', sampleRate: 48000 }, settings: { voice: 'bass' }, answerEncoding: 'AUDIO_ENCODING_FLOAT32' };

const checks = {
  async 'voices are listed'() {
    assert.deepEqual((await unary(voice, 'listVoices', {})).voices, ['alto', 'bass']);
  },
  async 'a recording is converted'() {
    const { audio } = await unary(voice, 'convert', sound);
    assert.equal(audio.sampleRate, 48000);
    assert.deepEqual(Array.from(floats(audio.data)), turned(samples));
  },
  async 'a recording is converted, compressed both ways'() {
    const { audio } = await unary(compressing, 'convert', sound);
    assert.deepEqual(Array.from(floats(audio.data)), turned(samples));
  },
  async 'a large message passes the windows of flow control'() {
    const large = new Float32Array(500_000).fill(0.25);
    const { audio } = await unary(voice, 'convert', { ...sound, audio: { ...sound.audio, data: bytes(large) } });
    assert.equal(audio.data.length, 2_000_000);
    assert.ok(floats(audio.data).every(sample => sample === -0.25));
  },
  async 'sixteen calls at once share a connection'() {
    const answers = await Promise.all(Array.from({ length: 16 }, () => unary(voice, 'convert', sound)));
    assert.ok(answers.every(({ audio }) => audio.data.length === samples.byteLength));
  },
  'a stream goes both ways at once': () => new Promise((resolve, reject) => {
    const call = voice.stream(metadata());
    const got = [];
    let sent = 0;
    const send = () => call.write({ audio: bytes(samples.subarray(sent, sent += 480)) });
    call.on('data', ({ audio }) => {
      got.push(...floats(audio));
      // The next piece is sent when an answer has come: without answers in between it would stop here.
      if (sent < samples.length) send(); else call.end();
    });
    call.on('error', reject);
    call.on('status', status => {
      try {
        assert.equal(status.code, grpc.status.OK);
        assert.deepEqual(got, turned(samples));
        resolve();
      } catch (error) {
        reject(error);
      }
    });
    call.write({ start: { settings: { voice: 'bass' }, sampleRate: 48000, encoding: 'AUDIO_ENCODING_FLOAT32' } });
    // The host's engine is a piece behind.
    send();
    send();
  }),
  'a drawing is followed': () => new Promise((resolve, reject) => {
    const kinds = [];
    const call = images.generateStreaming({ prompt: 'a koi', seed: 7, steps: 3, previewEvery: 1 }, metadata());
    call.on('data', update => kinds.push(update.kind));
    call.on('error', reject);
    call.on('end', () => {
      try {
        assert.equal(kinds.at(-1), 'result');
        assert.equal(kinds.filter(kind => kind === 'result').length, 1);
        resolve();
      } catch (error) {
        reject(error);
      }
    });
  }),
  async 'a picture is drawn with 64-bit numbers and optional ones'() {
    const answer = await unary(images, 'generate', { prompt: 'a koi', seed: 123456789012, guidance: 0 });
    assert.equal(answer.pictures[0].seed, 123456789012);
    assert.deepEqual([...answer.pictures[0].png.subarray(1, 4)], [80, 78, 71]);
  },
  async 'errors have their code and message'() {
    const failing = [
      [() => unary(voice, 'convert', sound, {}, new grpc.Metadata()), grpc.status.UNAUTHENTICATED, /API key/],
      [() => unary(voice, 'convert', { ...sound, settings: { voice: '锦鲤' } }), grpc.status.NOT_FOUND, /no such voice/],
      [() => unary(voice, 'convert', {}), grpc.status.INVALID_ARGUMENT, /empty/],
      [() => unary(images, 'generate', { prompt: 'explode' }), grpc.status.INTERNAL, /^13 INTERNAL: The engine failed/],
      [() => unary(images, 'generate', { prompt: 'a', width: 17 }), grpc.status.INVALID_ARGUMENT, /./],
    ];
    for (const [call, code, message] of failing) {
      await assert.rejects(call(), error => {
        assert.equal(error.code, code, error.message);
        assert.match(error.message, message);
        return true;
      });
    }
  },
  async 'a method that is not there'() {
    const Unknown = grpc.makeClientConstructor({
      whistle: { path: '/multimodal.v1.Voice/Whistle', requestStream: false, responseStream: false, requestSerialize: x => x, responseDeserialize: x => x },
    });
    await assert.rejects(unary(new Unknown(address, insecure), 'whistle', Buffer.alloc(0)), { code: grpc.status.UNIMPLEMENTED });
  },
  async 'a deadline'() {
    await assert.rejects(unary(images, 'generate', { prompt: 'slow' }, { deadline: Date.now() + 300 }), { code: grpc.status.DEADLINE_EXCEEDED });
  },
  'a call that is cancelled': () => new Promise((resolve, reject) => {
    const call = images.generate({ prompt: 'slow' }, metadata(), error => error.code === grpc.status.CANCELLED ? resolve() : reject(error));
    setTimeout(() => call.cancel(), 200);
  }),
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await Promise.race([check(), new Promise((_, reject) => setTimeout(() => reject(new Error('no answer in 20 s')), 20_000).unref())]);
    console.log(`ok: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAILED: ${name}: ${error.stack}`);
  }
}
process.exit(failed ? 1 : 0);
