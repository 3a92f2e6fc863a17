/** The style sheet of a report: dark where the reader's system is. */
export const style = `
:root { color-scheme: light dark;
  --paper: #fcfcfa; --ink: #1d1f24; --soft: #646a75; --rule: #dcdee2; --panel: #ffffff;
  --a: #2563b0; --b: #9a6b00; --c: #1f7a53; --d: #a6438a; --fault: #b3361d; --good: #1f7a4d; --bad: #b3261e; --doubt: #8a6100; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14161a; --ink: #e6e8ec; --soft: #9aa1ad; --rule: #30343c; --panel: #1a1d22;
  --a: #78adf0; --b: #dfb14a; --c: #5cc494; --d: #e08fca; --fault: #f0805f; --good: #5cc493; --bad: #ff8a80; --doubt: #e3b451; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1180px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 36px 0 10px; }
p.about { color: var(--soft); margin: 0 0 20px; }
.verdict { display: inline-block; padding: 2px 12px; border-radius: 4px; border: 2px solid; font-weight: 600; }
.valid { color: var(--good); } .invalid { color: var(--bad); } .unknown { color: var(--doubt); }
.figures { display: flex; flex-wrap: wrap; gap: 10px 36px; margin: 20px 0 24px; }
.figures div { min-width: 110px; } .figures b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; }
.figures span { color: var(--soft); font-size: 13px; }
figure { margin: 0; padding: 8px; background: var(--panel); border: 1px solid var(--rule); border-radius: 6px; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 760px; height: auto; }
svg text { font: 12px system-ui, "Liberation Sans", sans-serif; } svg .title { fill: var(--ink); font-weight: 600; } svg .mark { fill: var(--soft); }
.grid { stroke: var(--rule); stroke-width: 1; } .line { fill: none; stroke-width: 1.5; stroke-linejoin: round; }
.a { stroke: var(--a); } .b { stroke: var(--b); } .c { stroke: var(--c); } .d { stroke: var(--d); }
.fault { fill: var(--panel); stroke: var(--fault); stroke-width: 1.2; } .fault.hit { fill: var(--fault); }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { color: var(--soft); font-weight: 500; font-size: 13px; } td.n { text-align: right; font-variant-numeric: tabular-nums; }
a { color: var(--a); } code { font: 13px ui-monospace, "Liberation Mono", monospace; overflow-wrap: anywhere; }
li { margin: 4px 0; }`;
