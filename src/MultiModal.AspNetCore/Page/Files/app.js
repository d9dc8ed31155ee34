import { decode, drawWave, encodeWav, openMicrophone } from './audio.js';

const $ = id => document.getElementById(id);
const prefix = document.body.dataset.prefix;
let credential = sessionStorage.getItem('credential') ?? '';

// ---- the host

const isToken = () => credential.split('.').length === 3;

function headers(more = {}) {
  if (!credential) return more;
  return isToken() ? { Authorization: `Bearer ${credential}`, ...more } : { 'X-Api-Key': credential, ...more };
}

async function call(path, options = {}) {
  const answer = await fetch(prefix + path, { ...options, headers: headers(options.headers) });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  const wait = answer.headers.get('Retry-After');
  throw new Error((problem.detail ?? `The host answered ${answer.status}.`) + (wait ? ` Try again in ${wait} s.` : ''));
}

function tell(id, error) {
  $(id).hidden = !error;
  $(id).textContent = error?.message ?? '';
}

async function connect() {
  const status = $('status');
  try {
    const models = await (await call('/v1/models')).json();
    status.textContent = 'Connected';
    status.className = 'pill good';
    $('access').open = false;
    $('live').disabled = !models.voiceStreams.available;
    $('voice').hidden = !models.voice.available && !models.voiceStreams.available;
    $('image').hidden = !models.images.available;
    if (models.voice.available) await listVoices();
  } catch (error) {
    status.textContent = error.message;
    status.className = 'pill bad';
    $('access').open = true;
  }
}

async function listVoices() {
  const { voices } = await (await call('/v1/voices')).json();
  const names = voices.length ? voices : [''];
  $('voice-name').replaceChildren(...names.map(name => new Option(name || "the model's first", name)));
}

$('connect').addEventListener('click', () => {
  credential = $('credential').value.trim();
  sessionStorage.setItem('credential', credential);
  connect();
});
$('credential').addEventListener('keydown', event => { if (event.key === 'Enter') $('connect').click(); });

// ---- voice

let recording = null;
let original = null;

const voiceQuery = more => new URLSearchParams({
  ...($('voice-name').value && { voice: $('voice-name').value }), transpose: $('transpose').value, ...more,
});

async function show(blob, side) {
  const audio = $(`audio-${side}`);
  if (audio.src) URL.revokeObjectURL(audio.src);
  audio.src = URL.createObjectURL(blob);
  audio.hidden = false;
  const { samples, seconds } = await decode(blob);
  drawWave($(`wave-${side}`), samples, side === 'in' ? '--wave' : '--wave-out');
  return seconds;
}

async function use(blob) {
  tell('voice-message');
  try {
    const seconds = await show(blob, 'in');
    original = blob;
    $('length').textContent = `${seconds.toFixed(1)} s`;
    $('convert').disabled = false;
  } catch {
    tell('voice-message', new Error('The browser cannot read this file as sound.'));
  }
}

$('file').addEventListener('change', () => $('file').files[0] && use($('file').files[0]));

$('record').addEventListener('click', async () => {
  const button = $('record');
  if (recording) {
    const { microphone, blocks } = recording;
    recording = null;
    button.setAttribute('aria-pressed', 'false');
    button.querySelector('.label').textContent = 'Record';
    await microphone.stop();
    const samples = new Float32Array(blocks.length * 960);
    blocks.forEach((block, i) => samples.set(block, i * 960));
    await use(encodeWav(samples, microphone.rate));
    return;
  }
  try {
    const blocks = [];
    const microphone = await openMicrophone(block => {
      blocks.push(block);
      $('length').textContent = `${(blocks.length / 50).toFixed(1)} s`;
    });
    recording = { microphone, blocks };
    button.setAttribute('aria-pressed', 'true');
    button.querySelector('.label').textContent = 'Stop';
  } catch {
    tell('voice-message', new Error('The microphone cannot be used: allow it, or choose a file.'));
  }
});

$('transpose').addEventListener('input', () => { $('transpose-out').value = $('transpose').value; });

$('convert').addEventListener('click', async () => {
  const button = $('convert');
  button.disabled = true;
  button.textContent = 'Converting…';
  tell('voice-message');
  try {
    const answer = await call(`/v1/voice/conversions?${voiceQuery()}`, { method: 'POST', body: original, headers: { 'Content-Type': 'audio/wav' } });
    const blob = await answer.blob();
    await show(blob, 'out');
    $('download-out').href = $('audio-out').src;
    $('download-out').hidden = false;
    if ($('voice-name').options.length === 1 && !$('voice-name').value) await listVoices();
  } catch (error) {
    tell('voice-message', error);
  } finally {
    button.disabled = false;
    button.textContent = 'Convert';
  }
});

// ---- live voice

let live = null;

function endLive(error) {
  if (!live) return;
  const { socket, microphone } = live;
  live = null;
  socket.close();
  microphone?.stop();
  $('live').setAttribute('aria-pressed', 'false');
  $('live').textContent = 'Live: hear yourself';
  if (error) tell('voice-message', error);
}

// Browsers cannot set headers on WebSockets; the credential travels as a subprotocol, never in the address.
function protocols() {
  if (!credential) return ['multimodal.voice.v1'];
  const text = btoa(`${isToken() ? 'bearer' : 'key'} ${credential}`).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return ['multimodal.voice.v1', `multimodal.credential.${text}`];
}

$('live').addEventListener('click', async () => {
  if (live) return endLive();
  tell('voice-message');
  const address = new URL(`${prefix}/v1/voice/stream?${voiceQuery({ sampleRate: 48000, encoding: 'float32' })}`, location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  const socket = new WebSocket(address, protocols());
  socket.binaryType = 'arraybuffer';
  live = { socket };
  $('live').setAttribute('aria-pressed', 'true');
  $('live').textContent = 'Stop';
  let playAt = 0;
  socket.onmessage = async event => {
    if (typeof event.data === 'string') {
      if (JSON.parse(event.data).type !== 'ready') return;
      try {
        const microphone = await openMicrophone(block => socket.readyState === WebSocket.OPEN && socket.send(block));
        if (live?.socket === socket) live.microphone = microphone; else microphone.stop();
      } catch {
        endLive(new Error('The microphone cannot be used: allow it first.'));
      }
      return;
    }
    const context = live?.microphone?.context;
    if (!context) return;
    const samples = new Float32Array(event.data);
    if (!samples.length) return;
    const buffer = context.createBuffer(1, samples.length, 48000);
    buffer.copyToChannel(samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    playAt = Math.max(playAt, context.currentTime + 0.05);
    source.start(playAt);
    playAt += buffer.duration;
    drawWave($('wave-out'), samples, '--wave-out');
  };
  socket.onclose = event => endLive(event.code === 1000 ? null : new Error(event.reason || 'The live stream could not be opened, or was closed.'));
});

// ---- pictures

let drawing = null;
const number = id => $(id).value === '' ? undefined : Number($(id).value);

// Server-sent events over fetch: EventSource can send neither a body nor a credential.
async function* events(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    let end;
    while ((end = text.indexOf('\n\n')) >= 0) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      const field = name => lines.filter(line => line.startsWith(name + ': ')).map(line => line.slice(name.length + 2)).join('\n');
      yield { type: field('event'), data: JSON.parse(field('data')) };
    }
  }
}

function paint(data, isPreview) {
  const picture = $('picture');
  picture.src = `data:${data.mediaType};base64,${data.data}`;
  picture.className = isPreview ? 'preview' : '';
  picture.alt = isPreview ? 'A rough preview of the picture' : $('prompt').value;
  picture.hidden = false;
  $('placeholder').hidden = true;
}

$('draw').addEventListener('submit', async event => {
  event.preventDefault();
  drawing?.abort();
  const mine = drawing = new AbortController();
  tell('image-message');
  $('generate').disabled = true;
  $('stop').hidden = $('progress').hidden = false;
  $('download-picture').hidden = true;
  $('progress').value = 0;
  $('caption').textContent = 'Waiting for the engine…';
  try {
    const answer = await call('/v1/images/generations', {
      method: 'POST',
      signal: mine.signal,
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify({
        prompt: $('prompt').value, negativePrompt: $('negative').value || undefined, width: number('width'), height: number('height'),
        steps: number('steps'), seed: number('seed'), previewEvery: 1,
      }),
    });
    for await (const { type, data } of events(answer)) {
      if (type === 'progress') {
        $('progress').value = data.progress;
        $('caption').textContent = data.state === 'queued' ? 'Waiting for the engine…' : `Drawing: ${Math.round(data.progress * 100)} %`;
      } else if (type === 'preview') {
        paint(data, true);
      } else if (type === 'completed') {
        const [image] = data.images;
        paint(image, false);
        $('caption').textContent = [data.model, image.seed !== undefined && `seed ${image.seed}`].filter(Boolean).join(', ');
        $('download-picture').href = $('picture').src;
        $('download-picture').hidden = false;
      } else {
        throw new Error(data.detail);
      }
    }
  } catch (error) {
    $('caption').textContent = '';
    if (error.name === 'AbortError') $('caption').textContent = 'Stopped.'; else tell('image-message', error);
  } finally {
    if (drawing === mine) {
      $('generate').disabled = false;
      $('stop').hidden = $('progress').hidden = true;
    }
  }
});

$('stop').addEventListener('click', () => drawing?.abort());

drawWave($('wave-in'), null, '--wave');
drawWave($('wave-out'), null, '--wave-out');
connect();
