/** Moves to the first field of a form that says that it is wrong. @returns Whether there was one. */
export function focusWrongField(form: HTMLFormElement): boolean {
  const wrong = form.querySelector<HTMLElement>('[aria-invalid="true"]');
  wrong?.focus();
  return wrong !== null;
}
