import { toErrorSchema, type RJSFSchema, type RJSFValidationError, type ValidatorType } from '@rjsf/utils';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { misfits, type Misfit } from '../../schema/validation.ts';

export type Skips = (path: readonly (string | number)[]) => boolean;

/** Validates a form by our own reading of its schema: validators that compile are stopped by the page's policy. */
export function formValidator(skips: Skips): ValidatorType<unknown, RJSFSchema, object> {
  const errorsOf = (schema: RJSFSchema, data: unknown, root: RJSFSchema) =>
    misfits(schema as JsonSchema, data, root as JsonSchema, skips).map(errorOf);
  return {
    validateFormData(data, schema) {
      const errors = errorsOf(schema, data, schema);
      return { errors, errorSchema: toErrorSchema(errors) };
    },
    isValid: (schema, data, root) => errorsOf(schema, data, root).length === 0,
    rawValidation: (schema, data) => ({ errors: errorsOf(schema, data, schema) as never[] }),
  };
}

function errorOf({ path, message }: Misfit): RJSFValidationError {
  const property = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return { property, message, stack: `${property} ${message}`, name: 'misfit' };
}
