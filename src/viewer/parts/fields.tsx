import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from "react";

interface Labelled {
  readonly label: string;
  readonly hint?: ReactNode;
}

export function TextField({ label, hint, ...input }: Labelled & InputHTMLAttributes<HTMLInputElement>): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} {...input} />
      {hint && <small id={`${id}-hint`} className="quiet">{hint}</small>}
    </div>
  );
}

export interface Option {
  readonly value: string;
  readonly text: string;
}

export function SelectField({ label, hint, options, onPick, ...select }: Labelled & { readonly options: readonly Option[]; readonly onPick: (value: string) => void } & Omit<SelectHTMLAttributes<HTMLSelectElement>, "onChange">): ReactNode {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} onChange={(event) => onPick(event.target.value)} {...select}>
        {options.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {hint && <small className="quiet">{hint}</small>}
    </div>
  );
}

export function Slider({ label, shown, onSlide, ...input }: Labelled & { readonly shown: string; readonly onSlide: (value: number) => void } & Omit<InputHTMLAttributes<HTMLInputElement>, "onChange">): ReactNode {
  const id = useId();
  return (
    <div className="slider">
      <label htmlFor={id}>{label}</label>
      <input id={id} type="range" aria-valuetext={shown} onChange={(event) => onSlide(Number(event.target.value))} {...input} />
      <output htmlFor={id}>{shown}</output>
    </div>
  );
}

export function Check({ label, checked, onToggle }: { readonly label: ReactNode; readonly checked: boolean; readonly onToggle: (value: boolean) => void }): ReactNode {
  return (
    <label className="check">
      <input type="checkbox" checked={checked} onChange={(event) => onToggle(event.target.checked)} /> {label}
    </label>
  );
}
