import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compiledManifest } from '../../docker/compiled-manifests.ts';
import { composeStep } from '../../docker/composed.ts';
import { kafkaVariables } from '../../docker/container-variables.ts';
import { environmentName } from '../../docker/engine.ts';
import { followLines } from '../../docker/log-lines.ts';
import { serviceNames, simulatorNames } from '../../environment/programs.ts';

describe('the name under which containers run', () => {
  test('is one that compose takes, says what for, and differs from checkout to checkout', () => {
    expect(environmentName('/home/a/Way Bill/.waybill/up')).toMatch(/^waybill-up-[0-9a-f]{8}$/);
    expect(environmentName('/a/.waybill/up')).not.toBe(environmentName('/b/.waybill/up'));
    expect(environmentName('/a/.waybill/up')).toBe(environmentName('/a/.waybill/up'));
  });
});

describe('the progress of compose', () => {
  test.each([
    [' Container waybill-up-12-kafka-1  Creating', 'kafka', 'preparing'],
    [' Container waybill-up-12-kafka-1  Starting', 'kafka', 'starting'],
    [' Container waybill-up-12-payment-provider-1  Waiting', 'payment-provider', 'starting'],
  ])('%s is told', (line, component, state) => {
    expect(composeStep(line, 'waybill-up-12')).toMatchObject({ kind: 'state', component, state });
  });

  test.each([' Network waybill-up-12_default  Creating', ' Container other-kafka-1  Starting', 'canceled', ''])(
    '"%s" is not',
    (line) => {
      expect(composeStep(line, 'waybill-up-12')).toBeUndefined();
    },
  );
});

describe('following a log', () => {
  test('tells each new line once and whole, from the end at which it was taken up', () => {
    const directory = mkdtempSync(join(tmpdir(), 'waybill log '));
    const path = join(directory, 'docker.log');
    const lines: string[] = [];
    try {
      writeFileSync(path, 'of an earlier run\n');
      const stop = followLines(path, (line) => lines.push(line));
      appendFileSync(path, 'first\nsec');
      appendFileSync(path, 'ond\nunfinished');
      stop();
      expect(lines).toEqual(['first', 'second']);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe("the settings of Kafka's image", () => {
  test('are named as it reads them', () => {
    expect(kafkaVariables({ 'node.id': 1, 'auto.create.topics.enable': 'false' })).toEqual({
      KAFKA_NODE_ID: '1',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    });
  });
});

describe('the image of the services', () => {
  test('finds JavaScript where the manifests name TypeScript, and everything else as it was', () => {
    const text = JSON.stringify({ name: 'a.ts', exports: { '.': './src/index.ts', './data': './data.json' } });
    expect(JSON.parse(compiledManifest(text))).toEqual({
      name: 'a.ts',
      exports: { '.': './src/index.js', './data': './data.json' },
    });
  });

  test('holds every program of the sample', () => {
    const dockerfile = readFileSync(fileURLToPath(new URL('../../../Dockerfile', import.meta.url)), 'utf8');
    for (const name of [...serviceNames, ...simulatorNames, 'cli']) {
      expect(dockerfile).toMatch(new RegExp(`--workspace @waybill/${name}\\b`));
    }
  });
});
