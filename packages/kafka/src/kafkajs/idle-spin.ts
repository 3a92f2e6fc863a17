/** Replaced below. */
export function replaceIdleSpin(): void {}
