/** The colours the editor's own themes give a webview, by the names the pages use. */

const fonts = {
  'font-family': 'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  'font-size': '13px',
  'font-weight': 'normal',
  'editor-font-family': '"Droid Sans Mono", monospace',
  'editor-font-size': '13px',
};

const dark = {
  foreground: '#cccccc',
  descriptionForeground: '#9d9d9d',
  disabledForeground: 'rgba(204, 204, 204, 0.5)',
  errorForeground: '#f85149',
  'icon-foreground': '#cccccc',
  focusBorder: '#0078d4',
  'editor-background': '#1f1f1f',
  'editor-foreground': '#cccccc',
  'panel-background': '#181818',
  'panel-border': '#2b2b2b',
  'widget-border': '#313131',
  'button-background': '#0078d4',
  'button-foreground': '#ffffff',
  'button-hoverBackground': '#026ec1',
  'button-border': 'rgba(255, 255, 255, 0.07)',
  'button-secondaryBackground': '#313131',
  'button-secondaryForeground': '#cccccc',
  'button-secondaryHoverBackground': '#3c3c3c',
  'input-background': '#313131',
  'input-foreground': '#cccccc',
  'input-border': '#3c3c3c',
  'input-placeholderForeground': '#989898',
  'inputValidation-errorBackground': '#5a1d1d',
  'inputValidation-errorBorder': '#be1100',
  'dropdown-background': '#313131',
  'dropdown-foreground': '#cccccc',
  'dropdown-border': '#3c3c3c',
  'dropdown-listBackground': '#1f1f1f',
  'checkbox-background': '#313131',
  'checkbox-foreground': '#cccccc',
  'checkbox-border': '#3c3c3c',
  'badge-background': '#616161',
  'badge-foreground': '#f8f8f8',
  'progressBar-background': '#0078d4',
  'textLink-foreground': '#4daafc',
  'textLink-activeForeground': '#4daafc',
  'toolbar-hoverBackground': 'rgba(90, 93, 94, 0.31)',
  'list-hoverBackground': '#2a2d2e',
  'list-activeSelectionBackground': '#04395e',
  'list-activeSelectionForeground': '#ffffff',
  'list-inactiveSelectionBackground': '#37373d',
  'menu-background': '#1f1f1f',
  'menu-foreground': '#cccccc',
  'menu-border': '#454545',
  'menu-selectionBackground': '#0078d4',
  'menu-selectionForeground': '#ffffff',
  'menu-separatorBackground': '#454545',
  'charts-green': '#89d185',
  'charts-red': '#f14c4c',
  'charts-yellow': '#cca700',
};

const light: typeof dark = {
  foreground: '#3b3b3b',
  descriptionForeground: '#3b3b3b',
  disabledForeground: 'rgba(97, 97, 97, 0.5)',
  errorForeground: '#f85149',
  'icon-foreground': '#3b3b3b',
  focusBorder: '#005fb8',
  'editor-background': '#ffffff',
  'editor-foreground': '#3b3b3b',
  'panel-background': '#f8f8f8',
  'panel-border': '#e5e5e5',
  'widget-border': '#e5e5e5',
  'button-background': '#005fb8',
  'button-foreground': '#ffffff',
  'button-hoverBackground': '#0258a8',
  'button-border': 'rgba(0, 0, 0, 0.1)',
  'button-secondaryBackground': '#e5e5e5',
  'button-secondaryForeground': '#3b3b3b',
  'button-secondaryHoverBackground': '#cccccc',
  'input-background': '#ffffff',
  'input-foreground': '#3b3b3b',
  'input-border': '#cecece',
  'input-placeholderForeground': '#767676',
  'inputValidation-errorBackground': '#f2dede',
  'inputValidation-errorBorder': '#be1100',
  'dropdown-background': '#ffffff',
  'dropdown-foreground': '#3b3b3b',
  'dropdown-border': '#cecece',
  'dropdown-listBackground': '#ffffff',
  'checkbox-background': '#f8f8f8',
  'checkbox-foreground': '#3b3b3b',
  'checkbox-border': '#cecece',
  'badge-background': '#cccccc',
  'badge-foreground': '#3b3b3b',
  'progressBar-background': '#005fb8',
  'textLink-foreground': '#005fb8',
  'textLink-activeForeground': '#005fb8',
  'toolbar-hoverBackground': 'rgba(184, 184, 184, 0.31)',
  'list-hoverBackground': '#f2f2f2',
  'list-activeSelectionBackground': '#e8e8e8',
  'list-activeSelectionForeground': '#000000',
  'list-inactiveSelectionBackground': '#e4e6f1',
  'menu-background': '#ffffff',
  'menu-foreground': '#3b3b3b',
  'menu-border': '#cecece',
  'menu-selectionBackground': '#005fb8',
  'menu-selectionForeground': '#ffffff',
  'menu-separatorBackground': '#d4d4d4',
  'charts-green': '#388a34',
  'charts-red': '#e51400',
  'charts-yellow': '#bf8803',
};

function contrast(background: string, text: string, border: string, focus: string): Record<string, string> {
  const filled = ['editor', 'panel', 'button', 'input', 'dropdown', 'checkbox', 'badge'];
  const bordered = ['panel', 'widget', 'button', 'input', 'dropdown', 'checkbox'];
  return {
    ...Object.fromEntries(filled.map((name) => [`${name}-background`, background])),
    ...Object.fromEntries(filled.map((name) => [`${name}-foreground`, text])),
    ...Object.fromEntries(bordered.map((name) => [`${name}-border`, border])),
    foreground: text,
    descriptionForeground: `color-mix(in srgb, ${text} 70%, transparent)`,
    'icon-foreground': text,
    'input-placeholderForeground': `color-mix(in srgb, ${text} 70%, transparent)`,
    'button-secondaryForeground': text,
    'dropdown-listBackground': background,
    'inputValidation-errorBackground': background,
    'inputValidation-errorBorder': border,
    contrastBorder: border,
    contrastActiveBorder: focus,
    'menu-background': background,
    'menu-foreground': text,
    'menu-border': border,
    'menu-selectionBorder': focus,
    'menu-separatorBackground': border,
    focusBorder: focus,
    'progressBar-background': border,
  };
}

const highContrast = {
  ...contrast('#000000', '#ffffff', '#6fc3df', '#f38518'),
  disabledForeground: '#a5a5a5',
  errorForeground: '#f48771',
  'textLink-foreground': '#21a6ff',
  'charts-green': '#89d185',
  'charts-red': '#f48771',
  'charts-yellow': '#ffd370',
};

const highContrastLight = {
  ...contrast('#ffffff', '#292929', '#0f4a85', '#006bbd'),
  disabledForeground: '#7f7f7f',
  errorForeground: '#b5200d',
  'button-background': '#0f4a85',
  'button-foreground': '#ffffff',
  'button-secondaryBackground': '#ffffff',
  'badge-background': '#0f4a85',
  'badge-foreground': '#ffffff',
  'textLink-foreground': '#0f4a85',
  'charts-green': '#374e06',
  'charts-red': '#b5200d',
  'charts-yellow': '#895503',
};

const named = {
  dark: { body: 'vscode-dark', colours: dark },
  light: { body: 'vscode-light', colours: light },
  'high-contrast': { body: 'vscode-high-contrast', colours: highContrast },
  'high-contrast-light': { body: 'vscode-high-contrast-light', colours: highContrastLight },
} as const;

export type ThemeName = keyof typeof named;

export const themeNames = Object.keys(named) as ThemeName[];

/** The class that the editor puts on the body, and the custom properties it sets on the root. */
export function theme(name: ThemeName): { body: string; variables: Record<string, string> } {
  const { body, colours } = named[name];
  const variables = Object.entries({ ...fonts, ...colours }).map(([key, value]) => [
    `--vscode-${key}`,
    value,
  ]);
  return { body, variables: Object.fromEntries(variables) as Record<string, string> };
}
