import {
  buttonId,
  type ArrayFieldItemTemplateProps,
  type ArrayFieldTemplateProps,
  type FieldTemplateProps,
  type ObjectFieldTemplateProps,
  type RJSFSchema,
} from '@rjsf/utils';
import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { MaskedValue } from '../../entries/data-value.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Skips } from './form-validator.ts';

interface FormContext {
  readonly skips?: Skips;
}

/** One field: its label and what the schema says of it, the input, and why it does not fit. */
function FieldTemplate(props: FieldTemplateProps<unknown, RJSFSchema, object>): ReactElement {
  const {
    id,
    label,
    children,
    rawErrors = [],
    rawDescription,
    displayLabel,
    schema,
    registry,
    fieldPathId,
    hidden,
  } = props;
  const { skips } = registry.formContext as FormContext;
  if (hidden === true) return <div hidden>{children}</div>;
  const isGroup = schema.type === 'object' || schema.type === 'array' || displayLabel !== true;
  if (skips?.(fieldPathId.path) === true) {
    return (
      <div className="form-field">
        <span className="form-label">{label}</span>
        <p>
          <MaskedValue /> <span className="muted small">stays as it is</span>
        </p>
      </div>
    );
  }
  return (
    <div className={rawErrors.length > 0 && !isGroup ? 'form-field form-field-wrong' : 'form-field'}>
      {!isGroup && (
        <label htmlFor={id} className="form-label">
          {label}
        </label>
      )}
      {!isGroup && rawDescription !== undefined && rawDescription !== '' && (
        <span className="muted small" id={`${id}__description`}>
          {rawDescription}
        </span>
      )}
      {children}
      {rawErrors.length > 0 && !isGroup && (
        <p className="form-error" id={`${id}__error`} role="alert">
          <Icon name="alert" />
          {label} {rawErrors.join('; ')}
        </p>
      )}
    </div>
  );
}

/** A record: its fields under its name. */
function ObjectFieldTemplate(props: ObjectFieldTemplateProps<unknown, RJSFSchema, object>): ReactElement {
  const { title, description, properties, fieldPathId } = props;
  const isTop = fieldPathId.path.length === 0;
  return (
    <fieldset className={isTop ? 'form-top' : 'form-group'} id={fieldPathId.$id}>
      {title !== '' && <legend>{title}</legend>}
      {description !== undefined && <span className="muted small">{description}</span>}
      {properties.map((property) => property.content)}
    </fieldset>
  );
}

/** A list: its items, and the way to one more. */
function ArrayFieldTemplate(props: ArrayFieldTemplateProps<unknown, RJSFSchema, object>): ReactElement {
  const { title, items, canAdd, onAddClick, fieldPathId, schema } = props;
  return (
    <fieldset className="form-group" id={fieldPathId.$id}>
      <legend>{title}</legend>
      {schema.description !== undefined && <span className="muted small">{schema.description}</span>}
      {items}
      {canAdd && (
        <Button id={buttonId(fieldPathId, 'add')} variant="default" size="xs" onClick={onAddClick}>
          Add one to {title.toLowerCase()}
        </Button>
      )}
    </fieldset>
  );
}

/** An item of a list, with the way to take it out. */
function ArrayFieldItemTemplate(props: ArrayFieldItemTemplateProps<unknown, RJSFSchema, object>): ReactElement {
  const { children, buttonsProps, index } = props;
  return (
    <div className="form-item">
      <div>{children}</div>
      {buttonsProps.hasRemove && (
        <button
          type="button"
          className="quiet-button"
          aria-label={`Take out number ${index + 1}`}
          title="Take it out"
          onClick={buttonsProps.onRemoveItem}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** How the form looks; the fields' own inputs are the library's. */
export const formTemplates = { FieldTemplate, ObjectFieldTemplate, ArrayFieldTemplate, ArrayFieldItemTemplate };
