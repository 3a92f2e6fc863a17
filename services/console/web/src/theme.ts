import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The one accent colour, light to dark. */
const accent: MantineColorsTuple = [
  '#eef3ff',
  '#dbe5fc',
  '#b9cbf6',
  '#93aff0',
  '#7195ea',
  '#4f79df',
  '#2f5fd0',
  '#2456c9',
  '#1c469f',
  '#16387f',
];

/** Quiet: one accent, the system's fonts, a grid of 4 px, and no animation over 150 ms. */
export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 5 },
  colors: { accent },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  components: { Button: { defaultProps: { size: 'sm' } } },
});
