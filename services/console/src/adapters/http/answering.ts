import type { Request, RequestHandler, Response } from 'express';

/** A handler that answers in its own time; what it throws becomes a problem. */
export function answering(handle: (request: Request, response: Response) => Promise<void>): RequestHandler {
  return async (request, response) => {
    await handle(request, response);
  };
}
