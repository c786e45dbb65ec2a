// The server's shapes by the names the console uses. schema.ts is generated from docs/api/openapi.json (`npm run api`).
import type { components, operations } from "./schema";

type Schemas = components["schemas"];

/** Every field is sent, null when there is nothing: what the schema calls optional and nullable is here never undefined. */
export type Filled<T> = T extends (infer U)[]
  ? Filled<U>[]
  : T extends object
    ? { [K in keyof T]-?: Filled<Exclude<T[K], undefined>> }
    : T;

export interface Page<T> {
  items: T[];
  next: string | null;
}
export type Words = Schemas["Words"];
export type Language = Schemas["Locale"];
export type Instant = string;
/** Something with a name, in both languages or a person's own. */
export interface Ref {
  id: string;
  display: string | Words;
}

export type Session = Filled<Schemas["SessionView"]>;
export type Permission = Schemas["Permission"];

export type Service = Filled<Schemas["Service"]>;
export type SliState = "good" | "bad" | "partial" | "unknown";
export type SliNow = Filled<Schemas["SliNow"]>;
export type SliHistory = Filled<Schemas["ServiceSli"]>;
export type SliInterval = Filled<Schemas["SliInterval"]>;
export type SliDay = Filled<Schemas["SliDay"]>;

export type Slo = Filled<Schemas["SloView"]>;
export type SloDetail = Filled<Schemas["SloDetail"]>;

export type Matcher = Schemas["Matcher"];
export type Silence = Filled<Schemas["Silence"]>;
export type SilenceBody = Schemas["SilenceRequest"];
export type Suppression = Filled<Schemas["Suppression"]>;
export type SuppressionCount = Filled<Schemas["SuppressionCount"]>;
export type SuppressionQuery = NonNullable<operations["suppression_list"]["parameters"]["query"]>;

export type StatusPage = Filled<Schemas["StatusPageView"]>;
export type StatusPageDefinition = Schemas["StatusPageDefinition"];
export type StatusPageComponent = Schemas["StatusPageComponent"];
export type StatusComponentState = Schemas["StatusComponentState"];
export type StatusEffect = Schemas["StatusEffect"];
export type StatusAffected = Schemas["StatusAffected"];
export type StatusPostState = Schemas["StatusPostState"];
export type StatusPost = Filled<Schemas["StatusPostView"]>;
export type StatusUpdate = Filled<Schemas["StatusUpdateView"]>;
export type StatusOffer = Filled<Schemas["StatusOffer"]>;
export type StatusSubscriber = Filled<Schemas["StatusSubscriberView"]>;
export type StatusPostBody = Schemas["StatusPostRequest"];
export type StatusUpdateBody = Schemas["StatusUpdateRequest"];
export type StatusCorrection = Schemas["StatusCorrectionRequest"];

export type NoiseReview = Filled<Schemas["NoiseReview"]>;
export type NoiseFigures = Filled<Schemas["NoiseFigures"]>;
export type NoiseRow = Filled<Schemas["NoiseRow"]>;
export type NoiseSuggestion = Filled<Schemas["NoiseSuggestion"]>;

export type RuleHistory = Filled<Schemas["RuleHistory"]>;

export type Probe = Filled<Schemas["ProbeView"]>;
export type Look = Filled<Schemas["LookView"]>;
export type Heartbeat = Filled<Schemas["HeartbeatView"]>;
export type HeartbeatRun = Filled<Schemas["HeartbeatRun"]>;
export type HeartbeatDraft = Schemas["HeartbeatDraft"];
export type HeartbeatTimes = Schemas["HeartbeatTimes"];
export type Own = Filled<Schemas["OwnView"]>;
export type OwnCheck = Own["checks"][number];
export type ProbeRun = Filled<Schemas["RunView"]>;
export type Host = Filled<Schemas["HostView"]>;
export type HostSeries = Filled<Schemas["HostSeries"]>;

export type IncidentState = Schemas["IncidentState"];
/** As in a list; the detail adds its links. */
export type Incident = Filled<Schemas["Incident"]>;
export type IncidentDetail = Filled<Schemas["IncidentDetail"]>;
export type IncidentQuery = NonNullable<operations["incident_list"]["parameters"]["query"]>;
export type TimelineEntry = Omit<Filled<Schemas["TimelineEntry"]>, "data" | "names"> & {
  data: Record<string, unknown>;
  /** Shown names of the ids in `data`. */
  names: Record<string, string | Words>;
};

export type CatalogueItem = Filled<Schemas["CatalogueItem"]>;
export type CatalogueItemDetail = Filled<Schemas["CatalogueItemDetail"]> & { inside: CatalogueInside | null };
export type CatalogueInside = Omit<Filled<Schemas["CatalogueInside"]>, "names"> & {
  names: Record<string, string | Words>;
};
export type CatalogueApprover = Filled<Schemas["CatalogueApprover"]>;
export type CatalogueField = Filled<Schemas["CatalogueField"]>;
export type CataloguePrice = Filled<Schemas["Price"]>;
export type RequestState = Schemas["RequestState"];
export type ApprovalState = Schemas["ApprovalState"];
export type TaskState = Schemas["TaskState"];
export type RequestItem = Filled<Schemas["Request"]>;
export type RequestDetail = Filled<Schemas["RequestDetail"]>;
export type RequestAnswer = RequestDetail["answers"] extends (infer A)[] | null ? A : never;
export type RequestTaskRow = Filled<Schemas["RequestTaskRow"]>;
export type RequestListQuery = NonNullable<operations["request_list"]["parameters"]["query"]>;
export type RequestNote = Schemas["RequestNoteRequest"];
export type Approval = Filled<Schemas["ApprovalView"]>;

export type Clock = Filled<Schemas["Clock"]>;
export type HoldReason = Schemas["HoldReason"];
export type ResolveReason = Schemas["ResolveReason"];
export type CancelReason = Schemas["CancelReason"];
export type LocateBasis = Schemas["LocateBasis"];
export type LinkRelation = Schemas["LinkRelation"];
export type Visibility = Schemas["Visibility"];
export type Medium = Schemas["Medium"];
export type ClockExplained = Omit<Filled<Schemas["ExplainedClock"]>, "intervals"> & { intervals: ExplainInterval[] };
export type ExplainInterval = Omit<Filled<Schemas["ExplainedInterval"]>, "cause"> & {
  cause: {
    code: string;
    event_seq: number | null;
    detail: { name?: string; date?: string; sources?: string[] } | null;
  };
};
type FaultAction = Omit<Filled<Schemas["FaultAction"]>, "action"> & { action: string };
export type Fault = Omit<Filled<Schemas["FaultTimeline"]>, "actions" | "incident_id"> & { actions: FaultAction[] };
export type Goal = Schemas["Goal"];

export type OnCall = Omit<Filled<Schemas["OnCall"]>, "team"> & { team: Ref };
export type Shift = Filled<Schemas["ShiftView"]>;
export interface Board {
  layers: Shift[][];
  final: Shift[];
  gaps: { from: string; to: string }[];
}
export type Hours = { days: string[]; from: string; to: string };
/** A layer as it is edited: members by their ids. */
export interface LayerDraft {
  name: string;
  zone: string | null;
  every: string;
  handover: string;
  members: string[];
  starts_on: string | null;
  hours: Hours[];
  holidays: string;
}
export interface RotaDraft {
  zone: string;
  layers: LayerDraft[];
  holidays: string[];
  ack_limit_secs: number;
  rounds: number;
}
export type Swap = {
  id: string;
  offered_by: Ref;
  from: string;
  to: string;
  note: string;
  taken_by: Ref | null;
};
export type Load = Omit<Filled<Schemas["OnCallLoad"]>, "person"> & { person: Ref };
export type Reach = Omit<Filled<Schemas["OnCallReach"]>, "person" | "team"> & { person: Ref; team: Ref };
export interface Target {
  schedule?: Ref;
  person?: Ref;
  team?: Ref;
}
export interface Policy {
  team: Ref;
  name: string;
  version: number;
  steps: { targets: Target[]; wait_secs: number }[];
  rounds: number | null;
  quorum: { people: number; priority: number } | null;
}
export type TargetDraft = { schedule: string } | { person: string } | { team: string };
export interface PolicyDraft {
  steps: { targets: TargetDraft[]; wait_secs: number }[];
  rounds: number | null;
  quorum: { people: number; priority: number } | null;
}
export interface Quiet {
  zone: string;
  hours: Hours[];
  breaks_through: number;
}
export interface Contact {
  methods: {
    id: string;
    channel: string;
    address: string;
    place: number;
    up_to: number;
    proven_at: string | null;
    declared: boolean;
    gone_at: string | null;
    /** Of a browser the SHA-256 of its endpoint. */
    browser: string | null;
  }[];
  quiet: Quiet | null;
  channels: string[];
}
export interface ContactDraft {
  methods: { id: string | null; channel: string; address: string | null; place: number; up_to: number }[];
  quiet: Quiet | null;
}

export type Mailbox = Filled<Schemas["Mailbox"]>;
export type Chat = Filled<Schemas["Chat"]>;
export type ChatMessage = Filled<Schemas["ChatMessage"]>;
export type KeptMail = Filled<Schemas["KeptMail"]>;
export type MailStanding = Schemas["MailStanding"];
export type IncidentMails = Filled<Schemas["IncidentMails"]>;
export type IncidentMail = IncidentMails["mails"][number];

export type Figure = Filled<Schemas["Figure"]>;
export type Evidence = Filled<Schemas["Evidence"]>;
export type EvidenceRow = Filled<Schemas["Row"]>;
export type Home = Filled<Schemas["Home"]>;

export type ReportState = Schemas["ReportState"];
export type ReportHead = Filled<Schemas["ReportHead"]>;
export type Report = Filled<Schemas["ReportView"]>;
export type ReportSection = Filled<Schemas["ReportSection"]>;
export type ReportTable = Filled<Schemas["Table"]>;
export type ReportChart = Filled<Schemas["Chart"]>;
export type ReportFault = Filled<Schemas["Timeline345"]>;
export type Cell = Filled<Schemas["Cell"]>;

export type Person = Filled<Schemas["Person"]>;
export type Team = Filled<Schemas["Team"]>;
export type Organisation = Filled<Schemas["Organisation"]>;
export type Agreement = Filled<Schemas["Agreement"]>;
export type CalendarDefinition = Omit<Filled<Schemas["Calendar"]>, "body"> & { body: Record<string, unknown> };
export type Token = Filled<Schemas["Token"]>;
export type Health = Filled<Schemas["Health"]>;
export type DefinitionChange = Filled<Schemas["DefinitionChange"]>;
export type LedgerEvent = Omit<Filled<Schemas["EventWhole"]>, "payload" | "text"> & {
  payload: Record<string, unknown>;
  text: Record<string, string | null>;
};

export type Major = Filled<Schemas["Major"]>;
export type MajorStep = Schemas["MajorStep"];
export type MajorRole = Schemas["MajorRole"];
export type MajorDeclareRequest = Schemas["MajorDeclareRequest"];
export type ArticleState = Schemas["ArticleState"];
export type Article = Filled<Schemas["Article"]>;
export type ArticleDetail = Filled<Schemas["ArticleDetail"]>;
export type ArticleContent = Schemas["ArticleContent"];
export type ArticleCreateRequest = Schemas["ArticleCreateRequest"];
export type ArticleReviewRequest = Schemas["ArticleReviewRequest"];
export type Findable = Schemas["Findable"];
export type SearchHit = Filled<Schemas["SearchHit"]>;
export type SearchPart = Filled<Schemas["SearchPart"]>;
export type ChangeState = Schemas["ChangeState"];
export type ChangeKind = Schemas["ChangeKind"];
export type ChangeOutcome = Schemas["ChangeOutcome"];
export type RiskLevel = Schemas["RiskLevel"];
export type ChangeWindow = Schemas["Window"];
export type Change = Filled<Schemas["ChangeTicket"]>;
export type ChangeConflict = Filled<Schemas["ChangeConflict"]>;
export type ChangeDetail = Filled<Schemas["ChangeDetail"]>;
export type ChangeDraftRequest = Schemas["ChangeDraftRequest"];
export type ChangeEditRequest = Schemas["ChangeEditRequest"];
export type ReleaseState = Schemas["ReleaseState"];
export type StageState = Schemas["StageState"];
export type Release = Filled<Schemas["Release"]>;
export type ReleaseStage = Filled<Schemas["ReleaseStage"]>;
export type ReleaseDetail = Filled<Schemas["ReleaseDetail"]>;
export type ReleaseBody = Schemas["ReleaseRequest"];
export type ReleaseStep = Schemas["ReleaseStep"];
export type ReleaseStageAct = Schemas["ReleaseStageAct"];
export type ReleaseStatistics = Filled<Schemas["ReleaseStatistics"]>;
export type ReleaseShare = Filled<Schemas["ReleaseShare"]>;
export type ReleaseMedian = Filled<Schemas["ReleaseMedian"]>;

export type Agenda = Filled<Schemas["Agenda"]>;
export type AgendaItem = Filled<Schemas["AgendaItem"]>;
export type ChangeCalendar = Filled<Schemas["ChangeCalendar"]>;
export type ChangeStatistics = Filled<Schemas["ChangeStatistics"]>;
export type ChangeShare = Filled<Schemas["ChangeShare"]>;
export type ChangeMedian = Filled<Schemas["ChangeMedian"]>;

export type ProblemState = Schemas["ProblemState"];
export type Problem = Filled<Schemas["ProblemTicket"]>;
export type ProblemDetail = Filled<Schemas["ProblemDetail"]>;
export type ProblemProposal = Filled<Schemas["ProblemProposal"]>;
export type ProblemOpenRequest = Schemas["ProblemOpenRequest"];
export type FollowUp = Filled<Schemas["FollowUp"]>;
export type FollowUpRequest = Schemas["FollowUpRequest"];
export type FollowUpOfRequest = Schemas["FollowUpOfRequest"];
export type FollowUpWhich = NonNullable<NonNullable<operations["follow_up_list"]["parameters"]["query"]>["which"]>;

export type ReviewState = Schemas["ReviewState"];
export type ReviewStep = Schemas["ReviewStep"];
export type Review = Filled<Schemas["Review"]>;
type ReviewLineSent = Filled<Schemas["ReviewLine"]>;
export type ReviewLine =
  | (Omit<Extract<ReviewLineSent, { from: "ledger" }>, "entry"> & { entry: TimelineEntry })
  | Extract<ReviewLineSent, { from: "hand" }>;
export type ReviewTold = Omit<Filled<Schemas["ReviewTold"]>, "lines"> & { lines: ReviewLine[] };
export type ReviewDetail = Omit<Filled<Schemas["ReviewDetail"]>, "lines"> & { lines: ReviewLine[] };
export type ReviewEdition = Omit<Filled<Schemas["ReviewEdition"]>, "lines"> & { lines: ReviewLine[] };
export type ReviewFactor = Filled<Schemas["ReviewFactor"]>;
export type ReviewEdit = Schemas["ReviewEditRequest"];
export type ReviewEvidence = Schemas["EvidenceRequest"];
export type Causes = Filled<Schemas["Causes"]>;

export type TicketKind = Schemas["TicketKind"];
export type TicketRef = Schemas["TicketRef"];
export type Touchpoint = Schemas["Touchpoint"];
export type GrievanceState = Schemas["GrievanceState"];
export type ComplaintState = Schemas["ComplaintState"];
export type Discontent = Filled<Schemas["Discontent"]>;
export type DiscontentRequest = Schemas["DiscontentRequest"];
export type VoiceStep = Filled<Schemas["VoiceStep"]>;
export type Grievance = Filled<Schemas["Grievance"]>;
export type GrievanceDetail = Filled<Schemas["GrievanceDetail"]>;
export type Complaint = Filled<Schemas["Complaint"]>;
export type ComplaintDetail = Filled<Schemas["ComplaintDetail"]>;
export type PhraseHint = Schemas["PhraseHint"];
export type Survey = Filled<Schemas["Survey"]>;
export type SurveyQuestion = Schemas["SurveyQuestion"];
export type SurveyAsked = Filled<Schemas["SurveyAsked"]>;
export type SurveyAnswerBody = Schemas["SurveyAnswerRequest"];
export type SurveyFigures = Filled<Schemas["SurveyFigures"]>;
export type SurveyGroup = Filled<Schemas["SurveyGroup"]>;
export type SurveyResults = Filled<Schemas["SurveyResults"]>;
export type SurveyAnswer = Filled<Schemas["SurveyAnswer"]>;
export type VoiceSignal = Filled<Schemas["VoiceSignal"]>;
export type VoiceAction = Filled<Schemas["VoiceAction"]>;
export type Insight = Filled<Schemas["Insight"]>;
export type InsightBody = Schemas["InsightRequest"];
export type VoiceActionBody = Schemas["VoiceActionRequest"];
export type SignalQuery = NonNullable<operations["voice_signals"]["parameters"]["query"]>;

export type DeskRow = Filled<Schemas["DeskRow"]>;
export type DeskWaiting = Filled<Schemas["WaitingGroup"]>;
export type DeskExport = Schemas["DeskExport"];
export type DeskFilter = Schemas["DeskFilter"];
export type DeskQuery = Omit<NonNullable<operations["desk_list"]["parameters"]["query"]>, "after" | "limit">;
export type DeskView = Filled<Schemas["DeskView"]>;
export type DeskViewAsks = Schemas["ViewAsks"];
export type DeskViewBody = Schemas["ViewRequest"];
export type TimeEntry = Filled<Schemas["TimeEntry"]>;
export type BulkDoing = Schemas["BulkDoing"];
export type BulkOutcome = Filled<Schemas["BulkOutcome"]>;
