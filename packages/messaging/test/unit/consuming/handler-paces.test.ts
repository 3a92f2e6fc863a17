import { describe, expect, it } from 'vitest';
import { HandlerPaces } from '../../../src/consuming/handler-paces.ts';
import { OutOfTurnError, StatementTurns } from '../../../src/consuming/statement-turns.ts';

function afterCalls(paces: HandlerPaces, handler: object, count: number, statements: number): boolean {
  for (let call = 0; call < count; call += 1) paces.note(handler, statements);
  return paces.mayRunAhead(handler);
}

describe('a handler’s calls', () => {
  it('run ahead once twenty of them have made one statement each', () => {
    const [paces, handler] = [new HandlerPaces(), {}];
    expect(afterCalls(paces, handler, 19, 1)).toBe(false);
    expect(afterCalls(paces, handler, 1, 1)).toBe(true);
  });

  it('do not run ahead where they make none: what they do instead is not known', () => {
    expect(afterCalls(new HandlerPaces(), {}, 100, 0)).toBe(false);
  });

  it('do not run ahead while some make two', () => {
    const [paces, handler] = [new HandlerPaces(), {}];
    afterCalls(paces, handler, 19, 1);
    afterCalls(paces, handler, 1, 2);
    expect(afterCalls(paces, handler, 19, 1)).toBe(false);
  });

  it('have to prove themselves for twice as long each time that one is found out', () => {
    const [paces, handler] = [new HandlerPaces(), {}];
    afterCalls(paces, handler, 20, 1);
    paces.foundOut(handler);
    expect(afterCalls(paces, handler, 39, 1)).toBe(false);
    expect(afterCalls(paces, handler, 1, 1)).toBe(true);
  });

  it('are told apart by their handler', () => {
    const paces = new HandlerPaces();
    afterCalls(paces, {}, 20, 1);
    expect(paces.mayRunAhead({})).toBe(false);
  });
});

describe('statements', () => {
  it('go out in the order of their calls, several of one call included', () => {
    const turns = new StatementTurns();
    const [first, second] = [turns.turn(0), turns.turn(1)];
    first.take();
    first.take();
    second.take();
    expect([first.statements, second.statements, turns.brokenBy.size]).toEqual([2, 1, 0]);
  });

  it('are refused, and remembered, when a later call has made one', () => {
    const turns = new StatementTurns();
    const [first, second] = [turns.turn(0), turns.turn(1)];
    first.take();
    second.take();
    expect(() => first.take()).toThrow(OutOfTurnError);
    expect([...turns.brokenBy]).toEqual([0]);
  });
});
