// The page: resolves variables, runs every panel's queries, draws the dashboard, reports.
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import '@fontsource/inter/600.css';
import '@fontsource/roboto-mono/400.css';
import { EventBusSrv, ThemeContext, createTheme, dateTimeFormat, rangeUtil, setTimeZoneResolver } from '@grafana/data';
import { GlobalStyles, Icon, PanelChrome, PanelContextProvider } from '@grafana/ui';
import { Component } from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { panelData, panelRange, parseRange } from './data.js';
import { initialise } from './fields.js';
import { BarChartPanel, HeatmapPanel, HistogramPanel, TimeSeriesPanel, TimelinePanel } from './graph.jsx';
import { arrange, pixels } from './layout.js';
import { Prometheus } from './prometheus.js';
import { BarGaugePanel, GaugePanel, PiePanel, Placeholder, StatPanel, TablePanel, TextPanel } from './values.jsx';
import { Variables } from './variables.js';

const PANELS = {
  timeseries: TimeSeriesPanel, graph: TimeSeriesPanel, barchart: BarChartPanel, histogram: HistogramPanel, 'state-timeline': TimelinePanel,
  'status-history': (props) => <TimelinePanel {...props} status />, heatmap: HeatmapPanel, stat: StatPanel, singlestat: StatPanel, bargauge: BarGaugePanel,
  gauge: GaugePanel, piechart: PiePanel, table: TablePanel, text: TextPanel,
};
const PLACEHOLDERS = ['dashlist', 'alertlist', 'news', 'annolist', 'logs'];
const PADDING = 16;

const problems = new Map();

class Guard extends Component {
  state = { error: null };

  static getDerivedStateFromError(error) {
    return { error };
  }

  componentDidCatch(error) {
    problems.get(this.props.item).push(`exception: ${error.message}`);
  }

  render() {
    return this.state.error ? <Message {...this.props}>{this.state.error.message}</Message> : this.props.children;
  }
}

function Message({ width, height, theme, children }) {
  return <div style={{ width, height, display: 'flex', alignItems: 'center', justifyContent: 'center', textAlign: 'center', color: theme.colors.text.secondary, fontSize: theme.typography.body.fontSize }}>{children}</div>;
}

function Panel({ item, theme, timeZone, box }) {
  const { panel, data, title, description, range, label, interpolate } = item;
  const Draw = PANELS[panel.type];
  const errors = problems.get(item);
  const [firstError] = errors;
  const actions = label ? <span key="time" style={{ color: theme.colors.text.secondary, fontSize: 12, display: 'inline-flex', alignItems: 'center', gap: 4, padding: '0 8px' }}><Icon name="clock-nine" size="sm" /> {label}</span> : undefined;
  const padding = panel.type === 'table' ? 'none' : 'md';
  return (
    <PanelChrome
      width={box.width} height={box.height} title={title || ''} description={description || undefined} padding={padding} titleItems={actions}
      displayMode={panel.transparent ? 'transparent' : 'default'} statusMessage={firstError} hoverHeader={!title}
      hoverHeaderOffset={0}
    >
      {(width, height) => {
        const size = { width, height, theme };
        if (PLACEHOLDERS.includes(panel.type)) return <Placeholder type={panel.type} {...size} />;
        if (!Draw) return <Message {...size}>Panel plugin not found: {panel.type}</Message>;
        const empty = panel.type !== 'text' && !item.hasData;
        if (empty) return <Message {...size}>{firstError ? firstError.replace(/^query \S+: /, '') : panel.fieldConfig?.defaults?.noValue || 'No data'}</Message>;
        return (
          <Guard item={item} {...size}>
            <Draw {...size} frames={data.frames} options={panel.options ?? {}} fieldConfig={data.fieldConfig} timeZone={timeZone} range={range} interpolate={interpolate} />
          </Guard>
        );
      }}
    </PanelChrome>
  );
}

function Row({ item, theme, box }) {
  const { panel, title, count } = item;
  return (
    <div style={{ height: box.height, display: 'flex', alignItems: 'center', gap: 8, color: theme.colors.text.primary, borderBottom: panel.open ? undefined : `1px solid ${theme.colors.border.weak}` }}>
      <Icon name={panel.open ? 'angle-down' : 'angle-right'} />
      <span style={{ fontSize: theme.typography.h5.fontSize, fontWeight: theme.typography.fontWeightMedium }}>{title}</span>
      {!panel.open && <span style={{ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }}>({count} panel{count === 1 ? '' : 's'})</span>}
    </div>
  );
}

function Box({ theme, children, label }) {
  const edge = `1px solid ${theme.components.input.borderColor}`;
  const base = { height: 32, display: 'inline-flex', alignItems: 'center', padding: '0 8px', fontSize: theme.typography.size.sm };
  return (
    <span style={{ display: 'inline-flex' }}>
      {label && <span style={{ ...base, fontWeight: theme.typography.fontWeightMedium, background: theme.colors.background.primary, border: `1px solid ${theme.colors.border.weak}`, borderRight: 'none', borderRadius: '6px 0 0 6px' }}>{label}</span>}
      {children && <span style={{ ...base, gap: 8, fontSize: theme.typography.fontSize, background: theme.components.input.background, border: edge, borderRadius: label ? '0 6px 6px 0' : 6 }}>{children}</span>}
    </span>
  );
}

function Head({ dashboard, variables, range, timeZone, theme }) {
  const shown = variables.all.filter((v) => !v.hide || v.hide === 1).filter((v) => v.type !== 'constant');
  const relative = typeof range.raw.from === 'string' && range.raw.from.startsWith('now');
  const time = relative ? rangeUtil.describeTimeRange(range.raw) : `${dateTimeFormat(range.from, { timeZone })} to ${dateTimeFormat(range.to, { timeZone })}`;
  const zone = timeZone === 'utc' || timeZone === 'browser' ? 'UTC' : timeZone;
  return (
    <>
      <div style={{ height: 40, display: 'flex', alignItems: 'center', gap: 8, padding: `0 ${PADDING}px`, background: theme.colors.background.primary, borderBottom: `1px solid ${theme.colors.border.weak}`, color: theme.colors.text.secondary }}>
        <span>Home</span><Icon name="angle-right" /><span>Dashboards</span><Icon name="angle-right" />
        <span style={{ color: theme.colors.text.primary, fontWeight: 500 }}>{dashboard.title || 'Untitled'}</span><Icon name="star" />
      </div>
      <div id="controls" style={{ display: 'flex', gap: 8, padding: PADDING, paddingBottom: 8, alignItems: 'flex-start', color: theme.colors.text.primary }}>
        <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, flex: 1 }}>
          {shown.map((v) => (
            <Box key={v.name} theme={theme} label={v.hide === 1 ? undefined : v.label || v.name}>
              <span style={{ maxWidth: 420, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', minWidth: 40, color: v.error ? theme.colors.error.text : undefined }}>{v.error ? 'Error' : v.text || ' '}</span>
              {!['textbox', 'adhoc'].includes(v.type) && <Icon name="angle-down" style={{ color: theme.colors.text.secondary }} />}
            </Box>
          ))}
        </div>
        {(dashboard.links ?? []).map((link, i) => (
          <Box key={i} theme={theme}><Icon name={link.type === 'dashboards' ? 'apps' : 'external-link-alt'} size="sm" />{variables.interpolate(link.title || 'Dashboards', {}, 'text')}</Box>
        ))}
        {dashboard.timepicker?.hidden ? null : (
          <>
            <Box theme={theme}><Icon name="clock-nine" />{time}{!relative || timeZone !== 'browser' ? <span style={{ color: theme.v1.palette.orange ?? theme.colors.warning.text, fontSize: 12 }}>{zone}</span> : null}<Icon name="angle-down" style={{ color: theme.colors.text.secondary }} /></Box>
            <Box theme={theme}><Icon name="sync" />Refresh<Icon name="angle-down" style={{ color: theme.colors.text.secondary }} /></Box>
          </>
        )}
      </div>
    </>
  );
}

function Page(props) {
  const { items, grid, theme, width, height } = props;
  const bus = new EventBusSrv();
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles isExtensionSidebarOpen={false} />
      <div id="page" style={{ width, background: theme.colors.background.canvas, minHeight: 200 }}>
        <Head {...props} />
        <div style={{ position: 'relative', margin: `0 ${PADDING}px`, height: height + PADDING }}>
          <PanelContextProvider value={{ eventsScope: 'global', eventBus: bus }}>
            {items.map((item, i) => {
              const box = pixels(item.pos, grid);
              return (
                <div key={i} data-panel={item.panel.id} style={{ position: 'absolute', ...box }}>
                  {item.panel.type === 'row' ? <Row item={item} theme={theme} box={box} /> : <Panel item={item} box={box} {...props} />}
                </div>
              );
            })}
          </PanelContextProvider>
        </div>
      </div>
    </ThemeContext.Provider>
  );
}

async function inTurn(list, atOnce, run) {
  const queue = [...list];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (queue.length) await run(queue.shift());
  }));
}

const frame = () => new Promise((resolve) => { requestAnimationFrame(() => resolve()); });

async function settle() {
  // icons load as files and charts draw in microtasks: wait until nothing moves
  for (let quiet = 0, last = -1; quiet < 4;) {
    await frame();
    await new Promise((resolve) => { setTimeout(resolve, 30); });
    const now = document.querySelectorAll('*').length;
    quiet = now === last ? quiet + 1 : 0;
    last = now;
  }
}

async function main() {
  const job = await (await fetch(`/job.json${location.search}`)).json();
  const { dashboard, width } = job;
  const theme = createTheme({ colors: { mode: job.theme } });
  const own = dashboard.timezone && dashboard.timezone !== 'browser' ? dashboard.timezone : undefined;
  const timeZone = job.timezone ?? own ?? 'utc';
  setTimeZoneResolver(() => timeZone);
  initialise();
  await Promise.all(['400 14px Inter', '500 14px Inter', '600 14px Inter', '400 14px "Roboto Mono"'].map((f) => document.fonts.load(f)));
  const range = parseRange(job.from ?? dashboard.time?.from ?? 'now-6h', job.to ?? dashboard.time?.to ?? 'now', timeZone);
  const prometheus = new Prometheus(job.scrapeInterval);
  const variables = new Variables(job, prometheus, range, timeZone);
  await variables.resolve();

  const { items: all, rows } = arrange(dashboard, variables, job.expandRows);
  let items = all;
  const grid = width - 2 * PADDING;
  if (job.panels.length) {
    items = items.filter((i) => job.panels.includes(i.panel.id));
    const missing = job.panels.filter((id) => !items.some((i) => i.panel.id === id));
    if (missing.length) throw new Error(`--panel: no panel with id ${missing.join(', ')} is shown`);
  }
  const find = (id) => dashboard.panels.flatMap((p) => [p, ...(p.panels ?? [])]).find((p) => p.id === id);
  for (const item of items) {
    problems.set(item, []);
    item.interpolate = (text, extra, format) => variables.interpolate(text, { ...item.scoped, ...extra }, format);
    item.title = item.interpolate(item.panel.title ?? '', {}, 'text');
    item.description = item.interpolate(item.panel.description ?? '', {}, 'text');
  }
  await inTurn(items.filter((i) => i.panel.type !== 'row'), 6, async (item) => {
    const { panel } = item;
    const errors = problems.get(item);
    const box = pixels(item.pos, grid);
    try {
      if (panel.libraryPanel && !panel.type) throw new Error('library panels are not in the JSON and cannot be drawn');
      if (!PANELS[panel.type] && !PLACEHOLDERS.includes(panel.type)) throw new Error(`panel type "${panel.type}" is not supported`);
      Object.assign(item, panelRange(panel, range, item.interpolate, timeZone));
      if (PLACEHOLDERS.includes(panel.type)) return;
      item.data = await panelData(panel, { prometheus, variables, range: item.range, width: box.width - 18, timeZone, theme, scoped: item.scoped, others: find });
      item.hasData = item.data.rows > 0 && item.data.frames.some((f) => f.fields.length);
      errors.push(...item.data.errors);
    } catch (error) {
      errors.push(error.message);
    }
  });

  const height = job.panels.length ? Math.max(...items.map((i) => { const b = pixels(i.pos, grid); return b.top + b.height; })) : pixels({ x: 0, y: 0, w: 1, h: rows }, grid).height;
  flushSync(() => createRoot(document.getElementById('root')).render(<Page {...{ dashboard, variables, range, timeZone, theme, items, grid, width, height }} />));
  window.__settle = settle;
  window.__report = () => ({
    title: dashboard.title ?? '', from: range.from.toISOString(), to: range.to.toISOString(),
    variables: variables.all.map(({ name, type, text, value, error }) => ({ name, type, text: String(text), value, error })),
    panels: items.filter((i) => i.panel.type !== 'row').map((item) => {
      const placeholder = PLACEHOLDERS.includes(item.panel.type) || item.panel.type === 'text';
      return {
        id: item.panel.id, title: item.title, type: item.panel.type, series: item.data?.series ?? 0, rows: item.data?.rows ?? 0,
        noData: !placeholder && !item.hasData, stepMs: item.data?.stepMs, errors: problems.get(item), notes: item.data?.notes ?? [],
      };
    }),
  });
  await settle();
  window.__ready = true;
}

main().catch((error) => { window.__failed = error.message || String(error); console.error(error); });
