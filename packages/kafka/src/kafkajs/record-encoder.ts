/** Replaced below. */
export function replaceRecordEncoder(): void {}
