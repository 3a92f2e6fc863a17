import type { FlowView } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { OverviewBody } from '../../api/bodies.ts';
import { contractWords, producerOf, readersOf } from '../../flows/flow-neighbours.ts';
import { Panel } from '../../ui/panels.tsx';
import { listed } from '../../words/counting.ts';

interface FlowContractsProps {
  readonly service: string;
  readonly consumer: string;
  readonly contracts: FlowView['contracts'];
  readonly overview: OverviewBody;
}

/** Where its events come from, by topic, and who else reads them in which version. */
export function FlowContracts({ service, consumer, contracts, overview }: FlowContractsProps): ReactElement {
  const topics = [...new Set(contracts.map(({ topic }) => topic))];
  return (
    <Panel title="Topics and contracts">
      <ul className="plain-list">
        {topics.map((topic) => {
          const own = contracts.filter((one) => one.topic === topic);
          const producers = [...new Set(own.map(({ name }) => producerOf(name)))];
          const others = readersOf(overview, topic).filter(
            (one) => one.consumer !== consumer || one.service !== service,
          );
          return (
            <li key={topic}>
              <code>{topic}</code>
              <span className="sub">
                published by{' '}
                {producers.map((producer, index) => (
                  <span key={producer}>
                    {index > 0 && ', '}
                    <Producer name={producer} overview={overview} />
                  </span>
                ))}
              </span>
              <span className="sub">
                {own
                  .map(
                    ({ name, use }) =>
                      `${contractWords(name)}${use === 'handled' ? '' : use === 'upcast' ? ' (turned into a newer one)' : ' (snapshot)'}`,
                  )
                  .join(', ')}
              </span>
              {others.length > 0 && (
                <span className="sub">
                  also read by{' '}
                  {others.map((other, index) => (
                    <span key={`${other.service}/${other.consumer}`}>
                      {index > 0 && ', '}
                      <Link
                        to="/flows/$service/$consumer"
                        params={{ service: other.service, consumer: other.consumer }}
                      >
                        {other.consumer}
                      </Link>
                      <Versions own={own.map(({ name }) => name)} contracts={other.contracts} />
                    </span>
                  ))}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

/** The contracts of the same events that another consumer handles; those of other topics do not belong here. */
function Versions({ own, contracts }: { readonly own: readonly string[]; readonly contracts: readonly string[] }) {
  const contexts = new Set(own.map(producerOf));
  const shared = contracts.filter((name) => contexts.has(producerOf(name))).map(contractWords);
  return shared.length === 0 ? undefined : <> ({listed(shared)})</>;
}

function Producer({ name, overview }: { readonly name: string; readonly overview: OverviewBody }): ReactElement {
  const isKnown = overview.services.some(({ service }) => service === name);
  return isKnown ? (
    <Link to="/flows" hash={`relay-${name}`}>
      {name}
    </Link>
  ) : (
    <>{name}</>
  );
}
