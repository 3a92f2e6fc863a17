import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

/** What one compressed batch may grow to, in bytes. A broker's batch is 1 MB unless it was told otherwise. */
const maxInflatedBytes = 64 * 1024 * 1024;

const limits = { maxOutputLength: maxInflatedBytes };
const inflateGzip = promisify(gunzip);
const deflateGzip = promisify(gzip);
const inflateZstd = promisify(zstdDecompress);
const deflateZstd = promisify(zstdCompress);

interface Encoded {
  readonly buffer: Buffer;
}

/**
 * Gives kafkajs codecs whose output is bounded: its own gzip let half a megabyte grow to 512. A batch that would
 * exceed 64 MiB fails to be read, and the partition stands still with an error, rather than the process dying.
 * zstd is added because Node has it; snappy and lz4 are not supported.
 */
export function boundDecompression(): void {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.GZIP] = () => ({
    compress: (encoder: Encoded) => deflateGzip(encoder.buffer),
    decompress: (bytes: Buffer) => inflateGzip(bytes, limits),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: (encoder: Encoded) => deflateZstd(encoder.buffer),
    decompress: (bytes: Buffer) => inflateZstd(bytes, limits),
  });
}
