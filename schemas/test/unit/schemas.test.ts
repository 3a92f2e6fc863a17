import { join } from 'node:path';
import { checkGenerated, checkReleased, readSchemas } from '@waybill/contracts/generate';
import { describe, expect, it } from 'vitest';
import { allContracts, topics } from '../../index.ts';
import { schemasDir } from './examples.ts';

describe('the schemas', () => {
  it('are what the generated types were made from (run ./waybill contracts generate)', () => {
    expect(checkGenerated({ schemasDir, outDir: join(schemasDir, 'generated') })).toEqual([]);
  });

  it('are compatible with every version that was released', () => {
    expect(checkReleased(schemasDir)).toEqual([]);
  });

  it.each(readSchemas(schemasDir))(
    'of $context.context mark the personal data that its context.yaml names',
    (folder) => {
      const marked = folder.schemas.filter(({ personal }) => personal.length > 0);
      expect(folder.context.personalData).toEqual(
        Object.fromEntries(marked.map(({ name, personal }) => [name, personal])),
      );
    },
  );

  it('travel on topics that there are: snapshots compacted, events kept for a time', () => {
    for (const contract of allContracts) {
      const topic = topics.find((one) => one.name === contract.topic);
      expect(topic).toMatchObject({
        aggregateType: contract.aggregateType,
        carries: contract.kind === 'event' ? 'events' : 'snapshots',
        cleanupPolicy: contract.kind === 'event' ? 'delete' : 'compact',
      });
    }
  });

  it('have names of their own, and fingerprints too', () => {
    expect(new Set(allContracts.map(({ name }) => name)).size).toBe(allContracts.length);
    expect(new Set(allContracts.map(({ fingerprint }) => fingerprint)).size).toBe(allContracts.length);
  });

  it('name the order’s email as personal wherever it is', () => {
    const withEmail = allContracts.filter(({ schema }) => schema.includes('"name":"email"'));
    expect(withEmail).toHaveLength(3);
    for (const contract of withEmail) expect(contract.personal).toEqual(['email']);
  });
});
