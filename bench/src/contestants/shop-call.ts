/** Where the dependency of an outage listens. */
export interface ShopAddress {
  readonly url: string;
}

/** One call to the dependency for an event; answers the status. The same for every contestant. */
export async function callShop(
  shop: ShopAddress | undefined,
  call: { readonly sequence: number; readonly idempotencyKey: string; readonly signal?: AbortSignal },
): Promise<number> {
  if (shop === undefined) throw new Error('the consumer has not been told where the shop is');
  const response = await fetch(shop.url, {
    method: 'POST',
    headers: { 'idempotency-key': call.idempotencyKey },
    body: String(call.sequence),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  });
  await response.arrayBuffer();
  return response.status;
}
