// Not from the package's root, which also loads a validator that compiles code at run time.
import Form from '@rjsf/core/lib/components/Form.js';
import type { RJSFSchema } from '@rjsf/utils';
import { useMemo, type ReactElement } from 'react';
import type { JsonSchema } from '../../schema/json-schema.ts';
import { formTemplates } from './form-templates.tsx';
import { formValidator, type Skips } from './form-validator.ts';

interface EventFormProps {
  readonly schema: JsonSchema;
  readonly data: unknown;
  readonly onData: (data: unknown) => void;
  /** Whether the value at a path is masked: it is shown as such and left alone. */
  readonly skips: Skips;
}

/** A form for an event's data, made of its schema; each field that does not fit says why in the schema's words. */
export function EventForm({ schema, data, onData, skips }: EventFormProps): ReactElement {
  const validator = useMemo(() => formValidator(skips), [skips]);
  const context = useMemo(() => ({ skips }), [skips]);
  return (
    <Form
      className="event-form"
      tagName="div"
      schema={schema as RJSFSchema}
      formData={data}
      formContext={context}
      validator={validator}
      templates={formTemplates}
      uiSchema={{ 'ui:submitButtonOptions': { norender: true } }}
      liveValidate="onChange"
      showErrorList={false}
      noHtml5Validate
      onChange={({ formData }) => onData(formData)}
    />
  );
}
