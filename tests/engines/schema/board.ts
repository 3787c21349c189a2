// The shape a generated dashboard must have, by Grafana's own types (npm @grafana/schema). test_dashboards.py declares
// every dashboard as a constant of the type Board; then tsc reports each wrong value, and each key nobody declares.
import type * as grafana from '@grafana/schema';
import type * as bargauge from '@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as timeline from '@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
import type * as text from '@grafana/schema/dist/esm/raw/composable/text/panelcfg/x/TextPanelCfg_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';

// JSON holds an enum's value where TypeScript wants the enum: "table" for LegendDisplayMode.Table. Index signatures, which
// allow any key at all, go away.
type Plain<T> =
  T extends string ? `${T}` :
  T extends number | boolean | null | undefined ? T :
  T extends ReadonlyArray<infer Item> ? Array<Plain<Item>> :
  T extends object ? { [Key in keyof T as string extends Key ? never : Key]: Plain<T[Key]> } :
  T;

interface Target {
  datasource: { type: 'prometheus'; uid: '${datasource}' };
  editorMode: 'code' | 'builder';
  expr: string;
  format: 'time_series' | 'table' | 'heatmap';
  instant: boolean;
  legendFormat: string;
  range: boolean;
  refId: string;
}

type Custom<T> = Omit<Plain<grafana.Panel['fieldConfig'] & object>['defaults'], 'custom'> & { custom?: Plain<T>; links?: CellLink[] };
interface CellLink { title: string; url: string }
interface Override { matcher: { id: 'byName' | 'byRegexp'; options: string }; properties: Array<{ id: string; value: unknown }> }

// Of a panel's link Grafana saves these fields; the others are of a dashboard's link.
type PanelLink = Pick<Plain<grafana.DashboardLink>, 'title' | 'url' | 'targetBlank'>;

type Common = Plain<Pick<grafana.Panel, 'id' | 'title' | 'description' | 'gridPos' | 'interval' | 'repeat' | 'repeatDirection' | 'maxPerRow'>> & { links?: PanelLink[] };
type Of<Type extends string, Options, Field> = Common & {
  type: Type;
  datasource?: Target['datasource'];
  targets?: Target[];
  transformations?: Array<{ id: string; options: object }>;
  fieldConfig: { defaults: Custom<Field>; overrides: Override[] };
  options: Plain<Options>;
};

export type AnyPanel =
  | Of<'timeseries', timeseries.Options, grafana.GraphFieldConfig>
  | Of<'stat', stat.Options, never>
  | Of<'bargauge', bargauge.Options, never>
  | Of<'state-timeline', timeline.Options, timeline.FieldConfig & { spanNulls: boolean; insertNulls: boolean }>
  | Of<'table', Omit<table.Options, 'frameIndex'>, grafana.TableFieldOptions>
  | Of<'text', text.Options, never>;

export interface Row extends Omit<Plain<grafana.RowPanel>, 'panels' | 'type'> { type: 'row'; panels: AnyPanel[] }

// Prometheus' data source reads the other fields (packages/grafana-prometheus/src/annotations.ts).
type Annotation = Plain<Pick<grafana.AnnotationQuery, 'name' | 'datasource' | 'enable' | 'hide' | 'iconColor'>> & {
  expr: string;
  step: string;
  titleFormat: string;
  textFormat: string;
  tagKeys: string;
  useValueForTime: boolean;
};

export interface Board extends Omit<Plain<grafana.Dashboard>, 'panels' | 'templating' | 'annotations'> {
  annotations: { list: Annotation[] };
  panels: Array<AnyPanel | Row>;
  templating: { list: Array<Plain<Omit<grafana.VariableModel, 'query'>> & { query: string | object }> };
}
