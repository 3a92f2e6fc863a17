import { TextInput } from '@mantine/core';
import { useEffect, useState, type ReactElement } from 'react';

interface NumberFieldProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Whether it is counted in whole numbers. */
  readonly counted: 'in-whole' | 'in-parts';
  readonly onChange: (value: number) => void;
}

/** An input of a number; what is no number within the bounds is told and not passed on. */
export function NumberField({ label, value, min, max, counted, onChange }: NumberFieldProps): ReactElement {
  const [text, setText] = useState(String(value));
  useEffect(() => setText((before) => (Number(before) === value ? before : String(value))), [value]);
  const fits = isWithin(text, min, max);
  return (
    <TextInput
      type="number"
      inputMode="decimal"
      label={label}
      value={text}
      min={min}
      max={max}
      // Browsers refuse what is no multiple of a step, whoever set it.
      step={counted === 'in-whole' ? 1 : 'any'}
      error={fits ? undefined : `A number from ${min} to ${max.toLocaleString('en')}.`}
      onChange={(event) => {
        setText(event.target.value);
        if (isWithin(event.target.value, min, max)) onChange(Number(event.target.value));
      }}
    />
  );
}

function isWithin(text: string, min: number, max: number): boolean {
  const number = Number(text);
  return text.trim() !== '' && number >= min && number <= max;
}
