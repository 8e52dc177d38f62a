// Written by go generate from the Go types; do not edit.

export interface Answer {
  status: number;
  clear: unknown;
}

export interface Attempt {
  status: number;
  error?: string;
  key: string;
  sent: number;
  received: number;
  seal: number;
  wait: number;
  open: number;
}

export interface Block {
  kind: string;
  runs?: Run[];
  items?: Block[];
  rows?: Run[][][];
  image?: Image;
}

export interface Boot {
  token: string;
  version: string;
  flows: string[];
  flow: string;
  endpoint?: string;
  call?: string;
  phone: string;
  view: View;
  exchanges: Exchange[];
  weather: Weather;
  change: FlowChange;
  handler?: Handler;
  record: boolean;
  save?: string;
  webhook?: string;
  locale?: string;
  direction: string;
  traced?: Traced;
}

export interface Calendar {
  min: string;
  max: string;
  unavailable?: string[];
  weekdays?: string[];
  today: string;
}

export interface Carousel {
  images: Image[];
  ratio?: string;
  scale?: string;
}

export interface Choice {
  name: string;
  label: string;
  labelCut?: string;
  required: boolean;
  optional?: boolean;
  enabled: boolean;
  focused?: boolean;
  error?: string;
  errorFrom?: string;
  help?: string;
  rev?: number;
  multiple?: boolean;
  options: Option[];
  description?: string;
  search?: boolean;
  clear?: boolean;
  largeMedia?: boolean;
}

export interface Date {
  name: string;
  label: string;
  labelCut?: string;
  required: boolean;
  optional?: boolean;
  enabled: boolean;
  focused?: boolean;
  error?: string;
  errorFrom?: string;
  help?: string;
  rev?: number;
  value: string;
  calendar: Calendar;
}

export interface Ended {
  success: boolean;
  params: unknown;
  summary?: SummaryRow[];
  webhook?: unknown;
}

export interface Event {
  type: string;
  field?: string;
  value?: unknown;
  rev?: number;
  at?: string;
  item?: string;
  rules?: string;
}

export interface Exchange {
  n: number;
  action: string;
  at?: string;
  from: string;
  to: string;
  notice?: boolean;
  of?: number;
  request: unknown;
  answer: unknown;
  status: number;
  error?: string;
  began: number;
  duration: number;
  attempts: Attempt[];
  verdict: Verdict;
  findings?: Finding[];
  acknowledged?: boolean;
  reason?: string;
  log?: string[];
  faults?: string[];
}

export interface Failure {
  kind: string;
  text: string;
  detail: string;
  retry: boolean;
  overlay?: boolean;
  rule: string;
}

export interface Fault {
  name: string;
  text: string;
  want: number;
  needsSecret?: boolean;
}

export interface Field {
  name: string;
  label: string;
  labelCut?: string;
  required: boolean;
  optional?: boolean;
  enabled: boolean;
  focused?: boolean;
  error?: string;
  errorFrom?: string;
  help?: string;
  rev?: number;
  kind: string;
  value: string;
  large?: boolean;
  maxLength?: number;
}

export interface File {
  id: string;
  name: string;
  type: string;
  bytes: number;
  error?: string;
}

export interface Finding {
  severity: string;
  code: string;
  rule?: string;
  pointer?: string;
  at?: string;
  line?: number;
  problem: string;
  remedy?: string;
}

export interface FlowChange {
  problem?: SyntaxProblem;
  stale?: boolean;
  findings: number;
}

export interface FlowSource {
  file?: string;
  source: string;
  version: string;
  dataAPI?: string;
  findings: SourceNote[];
  screens: Screen[];
  change: FlowChange;
}

export interface Footer {
  at: string;
  line: number;
  label: string;
  enabled: boolean;
  why?: string[];
  left?: string;
  center?: string;
  right?: string;
  findings?: Finding[];
}

export interface Handler {
  state: string;
  text: string;
}

export interface Image {
  src?: string;
  alt?: string;
  width?: number;
  height?: number;
  ratio?: number;
  scale?: string;
}

export interface Key {
  inUse?: string;
  ours?: string;
  verdict: string;
  text: string;
  ok: boolean;
  remedy?: string;
  checkedAt?: string;
}

export interface Lines {
  at: string;
  line: number;
  end: number;
}

export interface Link {
  text: string;
  enabled: boolean;
  url?: string;
}

export interface List {
  name: string;
  label?: string;
  description?: string;
  largeMedia?: boolean;
  enabled: boolean;
  items: ListItem[];
}

export interface ListItem {
  id: string;
  main: ListText;
  end?: ListText;
  image?: Image;
  badge?: string;
  tags?: string[];
  selected?: boolean;
  disabled?: boolean;
}

export interface ListText {
  title?: string;
  description?: string;
  metadata?: string;
}

export interface MessageView {
  token: string;
  usable: boolean;
  resumes?: boolean;
}

export interface Opened {
  id: string;
  view: View;
}

export interface OptIn {
  name: string;
  label: string;
  labelCut?: string;
  required: boolean;
  optional?: boolean;
  enabled: boolean;
  focused?: boolean;
  error?: string;
  errorFrom?: string;
  help?: string;
  rev?: number;
  value: boolean;
  readMore?: boolean;
  url?: string;
}

export interface Option {
  id: string;
  title: string;
  description?: string;
  metadata?: string;
  enabled: boolean;
  selected?: boolean;
  image?: Image;
  color?: string;
}

export interface Part {
  at: string;
  line: number;
  type: string;
  text?: Text;
  field?: Field;
  choice?: Choice;
  optIn?: OptIn;
  date?: Date;
  range?: Range;
  image?: Image;
  carousel?: Carousel;
  link?: Link;
  list?: List;
  picker?: Picker;
  unknown?: string;
  findings?: Finding[];
}

export interface Picker {
  name: string;
  label: string;
  labelCut?: string;
  required: boolean;
  optional?: boolean;
  enabled: boolean;
  focused?: boolean;
  error?: string;
  errorFrom?: string;
  help?: string;
  rev?: number;
  kind: string;
  files: File[];
  min: number;
  max: number;
  maxKB: number;
  accept?: string[];
  source?: string;
}

export interface Pinged {
  active: boolean;
  status: number;
  text: string;
  micros: number;
}

export interface Posted {
  status?: number;
  micros: number;
  error?: string;
}

export interface Problem {
  error: string;
}

export interface Range {
  name: string;
  title?: string;
  description?: string;
  start: Date;
  end: Date;
  calendar: Calendar;
  minDays?: number;
  maxDays?: number;
  rev?: number;
}

export interface Recorded {
  yaml: string;
  file?: string;
}

export interface Run {
  text: string;
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  href?: string;
}

export interface Screen {
  id: string;
  title: string;
  entry?: boolean;
  terminal?: boolean;
  targets: string[];
  at: string;
  line: number;
  end: number;
  parts: Lines[];
}

export interface ScreenState {
  data: Record<string, unknown>;
  form: Record<string, unknown>;
}

export interface SourceNote {
  severity: string;
  code: string;
  text: string;
  at: string;
  line: number;
  column: number;
}

export interface State {
  token: string;
  signature?: string;
  screens: Record<string, ScreenState>;
}

export interface Status {
  endpoint?: string;
  signed: boolean;
  key?: Key;
  faults: Fault[];
}

export interface SummaryRow {
  label: string;
  value: string;
}

export interface SyntaxProblem {
  line: number;
  column: number;
  text: string;
}

export interface Text {
  blocks: Block[];
  weight?: string;
  strike?: boolean;
}

export interface Trace {
  format: number;
  name: string;
  file: string;
  line: number;
  failure: string;
  steps: TraceStep[];
}

export interface TraceEntry {
  id: string;
  name: string;
  file: string;
}

export interface TraceStep {
  file: string;
  line: number;
  text: string;
  error?: string;
  view: View;
  exchanges: Exchange[];
}

export interface Traced {
  traces: TraceEntry[];
  id: string;
  trace: Trace;
}

export interface Verdict {
  text: string;
  kind: string;
  rules?: string[];
}

export interface View {
  seq: number;
  rules: string;
  screen: string;
  title: string;
  at?: string;
  line?: number;
  history: string[];
  canGoBack: boolean;
  loading: boolean;
  loadingFor?: number;
  open: boolean;
  parts: Part[];
  footer?: Footer;
  snackbar?: string;
  opening?: string;
  failure?: Failure;
  ended?: Ended;
  message: MessageView;
  findings?: Finding[];
}

export interface Weather {
  faults?: string[];
  slow?: number;
  offline?: boolean;
  twice?: boolean;
  media?: string;
  answer?: Answer;
  next?: number;
}
