import { connect } from 'node:net';

/** Kafka protocol, Metadata request, version 4: header (key, version, correlation id, no client id), no topics. */
const request = Buffer.from('000000 0f 0003 0004 00000001 ffff 00000000 00'.replaceAll(' ', ''), 'hex');
const timeoutMs = 3000;

/**
 * Whether a broker at that loopback port is at work: it names itself and a controller. An open port comes too early,
 * and a whole client only to ask this is slow to load.
 */
export function brokerAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let received = Buffer.alloc(0);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) end(namesController(received));
    });
  });
}

/** Reads a Metadata response, version 4, after its length: correlation id, throttle time, brokers, cluster, controller. */
export function namesController(response: Buffer): boolean {
  let at = 12;
  const int32 = () => {
    at += 4;
    return response.readInt32BE(at - 4);
  };
  const skipText = () => {
    const length = response.readInt16BE(at);
    at += 2 + Math.max(length, 0);
  };
  try {
    const brokers = int32();
    for (let index = 0; index < brokers; index += 1) {
      int32();
      skipText();
      int32();
      skipText();
    }
    skipText();
    return brokers > 0 && int32() >= 0;
  } catch {
    return false;
  }
}
