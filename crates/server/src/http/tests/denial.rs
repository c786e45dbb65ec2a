//! Who may not, may not: every operation of the document, for nobody and for every role. A new operation fails here until
//! it stands in the table.

use std::collections::BTreeMap;

use evenkeel_api::{Permission as P, Role, policy};
use evenkeel_core::{Actor, id::PersonId};
use evenkeel_manage::party;
use evenkeel_store::testing::{TestDb, for_each_database};
use serde_json::Value;

use super::sample;
use crate::{
    app::migrations,
    definition::{self, Source},
    testing::{Browser, Server, code},
};

/// What an operation asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asks {
    /// Nothing: whoever comes may ask. Each needs a reason.
    Nothing,
    /// To be signed in.
    SignIn,
    /// This permission.
    For(P),
}
use Asks::{For, Nothing, SignIn};

/// The table.
#[rustfmt::skip]
const TABLE: &[(&str, Asks)] = &[
    // The link's token is the proof.
    ("acknowledgement_peek", Nothing), ("acknowledgement_create", Nothing), ("session_open_by_link", Nothing),
    // This is how one signs in.
    ("session_open_by_password", Nothing),
    // One's own.
    ("session_get", SignIn), ("session_close", SignIn), ("password_change", SignIn),
    // Each change is told to whoever may read its subject.
    ("change_stream", SignIn),
    ("token_list", For(P::TokenWrite)), ("token_make", For(P::TokenWrite)), ("token_revoke", For(P::TokenWrite)),
    ("definition_apply", For(P::DefinitionWrite)),
    ("definition_of_probe", For(P::DefinitionWrite)),
    ("event_list", For(P::EventRead)), ("event_get", For(P::EventRead)),
    ("health_get", For(P::HealthRead)), ("metric_engine_get", For(P::HealthRead)), ("own_get", For(P::HealthRead)),
    ("host_find", For(P::HostRead)), ("host_series", For(P::HostRead)),
    ("metric_query", For(P::MetricRead)), ("metric_query_post", For(P::MetricRead)),
    ("metric_query_range", For(P::MetricRead)), ("metric_query_range_post", For(P::MetricRead)),
    ("metric_exemplars", For(P::MetricRead)), ("metric_exemplars_post", For(P::MetricRead)),
    ("metric_format_query", For(P::MetricRead)), ("metric_format_query_post", For(P::MetricRead)),
    ("metric_series", For(P::MetricRead)), ("metric_series_post", For(P::MetricRead)),
    ("metric_labels", For(P::MetricRead)), ("metric_labels_post", For(P::MetricRead)), ("metric_label_values", For(P::MetricRead)),
    ("metric_metadata", For(P::MetricRead)), ("metric_rules", For(P::MetricRead)), ("metric_alerts", For(P::MetricRead)),
    ("rule_history_list", For(P::MetricRead)), ("rule_history_show", For(P::MetricRead)),
    ("metric_build_info", For(P::MetricRead)), ("metric_runtime_info", For(P::MetricRead)), ("metric_cardinality", For(P::MetricRead)),
    ("metric_flags", For(P::MetricRead)), ("metric_config", For(P::MetricRead)),
    ("target_list", For(P::MetricRead)), ("target_metadata", For(P::MetricRead)), ("scrape_pool_list", For(P::MetricRead)),
    ("scrape_config_reload", For(P::DefinitionWrite)),
    ("metric_write", For(P::MetricWrite)), ("metric_otlp", For(P::MetricWrite)), ("metric_otlp_prometheus", For(P::MetricWrite)),
    ("dashboard_list", For(P::DashboardRead)), ("dashboard_show", For(P::DashboardRead)),
    ("dashboard_put", For(P::DashboardWrite)), ("dashboard_remove", For(P::DashboardWrite)),
    ("person_list", For(P::PartyRead)), ("team_list", For(P::PartyRead)), ("organisation_list", For(P::PartyRead)),
    ("person_sign_in_link", For(P::PartyWrite)),
    ("duty_list", For(P::DutyRead)),
    ("agreement_list", For(P::AgreementRead)), ("agreement_show", For(P::AgreementRead)),
    ("calendar_list", For(P::CalendarRead)),
    ("service_list", For(P::ServiceRead)), ("service_show", For(P::ServiceRead)), ("service_sli", For(P::ServiceRead)), ("sli_list", For(P::ServiceRead)),
    ("slo_list", For(P::ServiceRead)), ("slo_show", For(P::ServiceRead)),
    ("automation_list", For(P::AutomationRead)), ("automation_show", For(P::AutomationRead)),
    ("automation_put", For(P::AutomationWrite)), ("automation_retire", For(P::AutomationWrite)),
    ("rule_runs", For(P::AutomationRead)), ("rule_try", For(P::AutomationRead)),
    ("status_list", For(P::AutomationRead)), ("status_set", For(P::IncidentWrite)),
    ("request_status_list", For(P::AutomationRead)), ("request_status_set", For(P::RequestWrite)),
    ("request_reply_list", For(P::AutomationRead)), ("request_macro_run", For(P::RequestWrite)),
    ("reply_list", For(P::AutomationRead)), ("macro_run", For(P::IncidentWrite)),
    ("field_list", For(P::IncidentRead)), ("field_set", For(P::IncidentWrite)),
    ("problem_list", For(P::ProblemRead)),
    ("problem_of_incident", For(P::ProblemRead)),
    ("problem_proposals", For(P::ProblemRead)),
    ("problem_show", For(P::ProblemRead)),
    ("problem_analyse", For(P::ProblemWrite)),
    ("problem_assess", For(P::ProblemWrite)),
    ("problem_close", For(P::ProblemWrite)),
    ("problem_fix", For(P::ProblemWrite)),
    ("follow_up_list", For(P::FollowUpRead)), ("follow_up_add", For(P::FollowUpAdd)), ("follow_up_done", For(P::FollowUpWrite)),
    ("follow_up_verify", For(P::FollowUpWrite)), ("cause_list", For(P::ReviewRead)), ("review_list", For(P::ReviewRead)),
    ("review_show", For(P::ReviewRead)), ("review_edition", For(P::ReviewRead)), ("review_open", For(P::ReviewWrite)),
    ("review_edit", For(P::ReviewWrite)), ("review_step", For(P::ReviewWrite)),
    ("problem_know", For(P::ProblemWrite)),
    ("problem_link", For(P::ProblemWrite)),
    ("problem_open", For(P::ProblemWrite)),
    ("problem_plan", For(P::ProblemWrite)),
    ("change_list", For(P::ChangeRead)), ("change_show", For(P::ChangeRead)), ("change_of_incident", For(P::ChangeRead)),
    ("change_agenda", For(P::ChangeRead)), ("change_calendar", For(P::ChangeRead)), ("change_statistics", For(P::ChangeRead)),
    ("change_template_list", For(P::ChangeRead)),
    ("change_draft", For(P::ChangeWrite)), ("change_edit", For(P::ChangeWrite)), ("change_assess", For(P::ChangeWrite)),
    ("change_submit", For(P::ChangeWrite)), ("change_move", For(P::ChangeWrite)), ("change_start", For(P::ChangeWrite)),
    ("change_finish", For(P::ChangeWrite)), ("change_review", For(P::ChangeWrite)), ("change_link", For(P::ChangeWrite)),
    ("change_close", For(P::ChangeWrite)), ("change_cancel", For(P::ChangeWrite)),
    ("calendar_feed_make", For(P::ChangeRead)),
    // Its address is the proof.
    ("calendar_feed", Nothing),
    ("release_list", For(P::ReleaseRead)), ("release_show", For(P::ReleaseRead)), ("release_of_change", For(P::ReleaseRead)),
    ("release_statistics", For(P::ReleaseRead)),
    ("release_plan", For(P::ReleaseWrite)), ("release_edit", For(P::ReleaseWrite)), ("release_step", For(P::ReleaseWrite)),
    ("release_stage", For(P::ReleaseWrite)), ("release_roll_back", For(P::ReleaseWrite)),
    ("release_approve", For(P::ReleaseApprove)),
    ("change_acknowledge", For(P::ChangeAuthorise)), ("change_vote", For(P::ChangeAuthorise)),
    ("grievance_list", For(P::ComplaintRead)), ("grievance_show", For(P::ComplaintRead)),
    ("grievance_hear", For(P::ComplaintOpen)), ("grievance_settle", For(P::ComplaintOpen)), ("grievance_escalate", For(P::ComplaintOpen)),
    ("grievance_explain", For(P::ComplaintWrite)),
    ("complaint_list", For(P::ComplaintRead)), ("complaint_show", For(P::ComplaintRead)), ("complaint_clock_explain", For(P::ComplaintRead)),
    ("complaint_register", For(P::ComplaintOpen)), ("complaint_accept", For(P::ComplaintOpen)), ("complaint_reject", For(P::ComplaintOpen)),
    ("complaint_acknowledge", For(P::ComplaintWrite)), ("complaint_investigate", For(P::ComplaintWrite)), ("complaint_reply", For(P::ComplaintWrite)),
    ("complaint_send", For(P::ComplaintWrite)), ("complaint_learn", For(P::ComplaintWrite)), ("complaint_close", For(P::ComplaintWrite)),
    ("complaint_approve", For(P::ComplaintApprove)), ("phrase_check", For(P::ComplaintWrite)),
    ("survey_list", For(P::SurveyRead)), ("survey_results", For(P::SurveyRead)), ("survey_answers", For(P::SurveyRead)),
    ("survey_ask_list", For(P::SurveyAnswer)), ("survey_ask_answer", For(P::SurveyAnswer)), ("survey_ask_decline", For(P::SurveyAnswer)),
    // The link's token is the proof.
    ("survey_ask_peek", Nothing), ("survey_ask_answer_by_link", Nothing),
    ("voice_signals", For(P::VoiceRead)), ("voice_board", For(P::VoiceRead)), ("insight_list", For(P::VoiceRead)),
    ("insight_make", For(P::VoiceWrite)), ("voice_action_add", For(P::VoiceWrite)), ("voice_action_measure", For(P::VoiceWrite)),
    ("probe_list", For(P::ProbeRead)), ("probe_find", For(P::ProbeRead)), ("probe_series", For(P::ProbeRead)),
    ("probe_pause", For(P::ProbeWrite)), ("probe_resume", For(P::ProbeWrite)), ("probe_run", For(P::ProbeWrite)),
    ("heartbeat_list", For(P::ProbeRead)), ("heartbeat_find", For(P::ProbeRead)), ("heartbeat_runs", For(P::ProbeRead)), ("heartbeat_preview", For(P::ProbeRead)),
    ("heartbeat_create", For(P::ProbeWrite)), ("heartbeat_change", For(P::ProbeWrite)), ("heartbeat_address", For(P::ProbeWrite)),
    ("heartbeat_pause", For(P::ProbeWrite)), ("heartbeat_resume", For(P::ProbeWrite)), ("heartbeat_retire", For(P::ProbeWrite)),
    // The address is the proof.
    ("heartbeat_ping", Nothing), ("heartbeat_ping_get", Nothing), ("heartbeat_signal", Nothing), ("heartbeat_signal_get", Nothing),
    ("probe_evidence", For(P::ProbeRead)), ("probe_try", For(P::DefinitionWrite)), ("blackbox_probe", For(P::ProbeLook)),
    ("vantage_list", For(P::ProbeRead)), ("vantage_work", For(P::VantageReport)), ("vantage_report", For(P::VantageReport)),
    ("on_call_list", For(P::OnCallRead)), ("on_call_shifts", For(P::OnCallRead)),
    ("on_call_override", For(P::OnCallWrite)), ("on_call_override_remove", For(P::OnCallWrite)),
    ("on_call_board", For(P::OnCallRead)), ("on_call_draft", For(P::OnCallRead)), ("on_call_put", For(P::OnCallWrite)),
    ("on_call_swap_list", For(P::OnCallRead)), ("on_call_swap_offer", For(P::OnCallWrite)),
    ("on_call_swap_take", For(P::OnCallWrite)), ("on_call_swap_withdraw", For(P::OnCallWrite)),
    ("on_call_note_list", For(P::OnCallRead)), ("on_call_note_write", For(P::OnCallWrite)),
    ("on_call_fairness", For(P::OnCallRead)), ("on_call_feed_make", For(P::OnCallRead)),
    // The address is the proof, or the link's token.
    ("on_call_feed", Nothing), ("page_receipt", Nothing), ("drill_peek", Nothing), ("drill_answer", Nothing),
    ("on_call_reachability", For(P::OnCallRead)), ("canary_get", For(P::OnCallRead)),
    ("escalation_list", For(P::OnCallRead)), ("escalation_put", For(P::OnCallWrite)), ("escalation_retire", For(P::OnCallWrite)),
    // One's own.
    ("contact_get", SignIn), ("contact_put", SignIn), ("contact_prove", SignIn), ("contact_remove", SignIn),
    ("browser_key_get", SignIn), ("browser_add", SignIn), ("browser_key_renew", For(P::DefinitionWrite)),
    ("outbox_list", For(P::OutboxRead)), ("outbox_retry", For(P::OutboxWrite)),
    ("maintenance_list", For(P::ServiceRead)),
    // They say no more than that it is there.
    ("alertmanager_healthy", Nothing), ("alertmanager_ready", Nothing),
    ("alertmanager_status", For(P::AlertRead)), ("alertmanager_receivers", For(P::AlertRead)),
    ("alertmanager_alerts", For(P::AlertRead)), ("alertmanager_groups", For(P::AlertRead)),
    ("alertmanager_silences", For(P::AlertRead)), ("alertmanager_silence", For(P::AlertRead)),
    ("alertmanager_post", For(P::AlertWrite)), ("hook_receive", For(P::AlertWrite)),
    ("alertmanager_silence_set", For(P::SilenceWrite)), ("alertmanager_silence_end", For(P::SilenceWrite)),
    ("silence_list", For(P::AlertRead)), ("silence_show", For(P::AlertRead)), ("silence_preview", For(P::AlertRead)),
    ("silence_set", For(P::SilenceWrite)), ("silence_change", For(P::SilenceWrite)), ("silence_end", For(P::SilenceWrite)),
    ("status_page_list", For(P::StatusPageRead)), ("status_page_show", For(P::StatusPageRead)), ("status_post_list", For(P::StatusPageRead)),
    ("incident_status", For(P::StatusPageRead)),
    ("status_page_put", For(P::StatusPageWrite)), ("status_page_retire", For(P::StatusPageWrite)), ("status_page_preview", For(P::StatusPageWrite)),
    ("status_page_link_make", For(P::StatusPageWrite)), ("status_page_link_revoke", For(P::StatusPageWrite)),
    ("status_subscriber_list", For(P::StatusPageWrite)), ("status_subscriber_remove", For(P::StatusPageWrite)),
    ("status_post_begin", For(P::StatusPagePost)), ("status_post_go_on", For(P::StatusPagePost)),
    ("status_update_correct", For(P::StatusPagePost)), ("status_update_withdraw", For(P::StatusPagePost)),
    ("suppression_list", For(P::AlertRead)), ("suppression_summary", For(P::AlertRead)),
    ("incident_list", For(P::IncidentRead)), ("incident_show", For(P::IncidentRead)), ("incident_timeline", For(P::IncidentRead)),
    ("incident_pages", For(P::PageRead)),
    ("incident_open", For(P::IncidentOpen)),
    ("incident_acknowledge", For(P::IncidentWrite)), ("incident_assign", For(P::IncidentWrite)), ("incident_cancel", For(P::IncidentWrite)),
    ("incident_close", For(P::IncidentWrite)), ("incident_hold", For(P::IncidentWrite)), ("incident_link", For(P::IncidentWrite)),
    ("incident_locate", For(P::IncidentWrite)), ("incident_merge", For(P::IncidentWrite)), ("incident_prioritise", For(P::IncidentWrite)),
    ("incident_reopen", For(P::IncidentWrite)), ("incident_resolve", For(P::IncidentWrite)), ("incident_restore", For(P::IncidentWrite)),
    ("incident_resume", For(P::IncidentWrite)), ("incident_split", For(P::IncidentWrite)), ("incident_start", For(P::IncidentWrite)),
    ("incident_note", For(P::IncidentNote)),
    ("incident_bulk", For(P::IncidentWrite)), ("incident_bulk_undo", For(P::IncidentWrite)),
    ("checklist_show", For(P::IncidentNoteInternal)), ("checklist_add", For(P::IncidentWrite)), ("checklist_check", For(P::IncidentWrite)),
    ("desk_list", For(P::IncidentNoteInternal)), ("desk_waiting", For(P::IncidentNoteInternal)),
    ("desk_counts", For(P::IncidentNoteInternal)), ("desk_export", For(P::IncidentNoteInternal)),
    ("view_list", For(P::IncidentNoteInternal)), ("view_make", For(P::IncidentNoteInternal)), ("view_change", For(P::IncidentNoteInternal)),
    ("view_remove", For(P::IncidentNoteInternal)), ("view_pin", For(P::IncidentNoteInternal)),
    ("ticket_time", For(P::IncidentNoteInternal)), ("time_list", For(P::IncidentNoteInternal)),
    ("time_record", For(P::IncidentWrite)), ("time_correct", For(P::IncidentWrite)),
    ("watcher_list", For(P::IncidentNoteInternal)), ("watch_begin", For(P::IncidentNoteInternal)), ("watch_end", For(P::IncidentNoteInternal)),
    ("presence_renew", For(P::IncidentNoteInternal)), ("presence_end", For(P::IncidentNoteInternal)),
    ("incident_major", For(P::IncidentNoteInternal)),
    ("incident_major_propose", For(P::IncidentWrite)), ("incident_major_declare", For(P::IncidentWrite)), ("incident_major_step", For(P::IncidentWrite)),
    ("incident_major_role", For(P::IncidentWrite)), ("incident_major_join", For(P::IncidentWrite)), ("incident_major_leave", For(P::IncidentWrite)),
    ("incident_major_update", For(P::IncidentWrite)),
    ("article_list", For(P::KnowledgeRead)), ("article_show", For(P::KnowledgeRead)), ("search_find", For(P::KnowledgeRead)),
    ("incident_related", For(P::IncidentRead)), ("request_related", For(P::RequestRead)),
    ("article_rate", For(P::KnowledgeUse)), ("article_read", For(P::KnowledgeUse)),
    ("article_create", For(P::KnowledgeWrite)), ("article_save", For(P::KnowledgeWrite)), ("article_preview", For(P::KnowledgeWrite)),
    ("article_submit", For(P::KnowledgeWrite)), ("article_review", For(P::KnowledgeWrite)), ("article_use", For(P::KnowledgeWrite)),
    ("article_versions", For(P::KnowledgeWrite)), ("article_difference", For(P::KnowledgeWrite)),
    ("article_deflection", For(P::KnowledgeWrite)),
    ("article_publish", For(P::KnowledgePublish)), ("article_send_back", For(P::KnowledgePublish)),
    ("article_retire", For(P::KnowledgePublish)), ("article_revive", For(P::KnowledgePublish)),
    ("problem_publish_article", For(P::KnowledgePublish)),
    ("catalogue_list", For(P::CatalogueRead)), ("catalogue_show", For(P::CatalogueRead)),
    ("request_list", For(P::RequestRead)), ("request_show", For(P::RequestRead)), ("request_timeline", For(P::RequestRead)),
    ("request_create", For(P::RequestOpen)), ("request_fill", For(P::RequestOpen)), ("request_submit", For(P::RequestOpen)),
    ("request_withdraw", For(P::RequestOpen)), ("request_accept", For(P::RequestOpen)), ("request_rate", For(P::RequestOpen)),
    ("request_colleagues", For(P::RequestApprove)),
    ("approval_list", For(P::RequestApprove)), ("approval_answer", For(P::RequestApprove)), ("approval_delegate", For(P::RequestApprove)),
    ("request_note", For(P::RequestNote)),
    ("request_wait", For(P::RequestWrite)), ("request_resume", For(P::RequestWrite)), ("request_answer_rating", For(P::RequestWrite)),
    ("request_task_list", For(P::RequestWork)), ("request_task_start", For(P::RequestWork)),
    ("request_task_complete", For(P::RequestWork)), ("request_task_retry", For(P::RequestWork)),
    // The link's token is the proof, or the address.
    ("approval_peek", Nothing), ("approval_answer_by_link", Nothing), ("request_task_call_back", Nothing),
    ("clock_list", For(P::ClockRead)), ("clock_explain", For(P::ClockRead)), ("request_clock_explain", For(P::RequestRead)),
    ("incident_mails", For(P::IncidentRead)), ("attachment_get", For(P::IncidentRead)), ("attachment_add", For(P::IncidentNote)),
    ("incident_chats", For(P::IncidentRead)), ("chat_list", For(P::MailRead)),
    // The provider's signature is the proof.
    ("chat_receive", Nothing),
    ("call_log", For(P::IncidentWrite)), ("caller_find", For(P::IncidentNoteInternal)),
    ("mailbox_list", For(P::MailRead)), ("mail_list", For(P::MailRead)), ("mail_original", For(P::MailRead)),
    ("mail_take", For(P::MailWrite)), ("mail_discard", For(P::MailWrite)),
    ("fault_show", For(P::FigureRead)),
    ("noise_show", For(P::NoiseRead)), ("noise_rows", For(P::NoiseRead)), ("noise_dismiss", For(P::NoiseWrite)),
    ("home_show", For(P::FigureRead)), ("figure_evidence", For(P::FigureRead)),
    ("report_refresh", For(P::ReportWrite)), ("report_list", For(P::ReportRead)), ("report_show", For(P::ReportRead)), ("report_pdf", For(P::ReportRead)), ("report_evidence", For(P::ReportRead)),
    ("report_create", For(P::ReportWrite)), ("report_write", For(P::ReportWrite)), ("report_submit", For(P::ReportWrite)),
    ("report_comment", For(P::ReportComment)),
    ("report_approve", For(P::ReportApprove)), ("report_rework", For(P::ReportApprove)),
    ("report_publish", For(P::ReportPublish)), ("report_restate", For(P::ReportPublish)),
];

struct Operation {
    id: String,
    method: String,
    path: String,
    body: Option<Value>,
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (template, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if !["get", "post", "put", "delete", "patch"].contains(&method.as_str()) {
                continue;
            }
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            found.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase(),
                path: sample::path(template, operation),
                body: (!schema.is_null()).then(|| sample::body(document, schema)),
            });
        }
    }
    found
}

pub(super) fn table() -> BTreeMap<&'static str, Asks> {
    let table: BTreeMap<_, _> = TABLE.iter().copied().collect();
    assert_eq!(table.len(), TABLE.len(), "an operation stands in the table twice");
    table
}

async fn ask(browser: &mut Browser, operation: &Operation) -> crate::testing::Answer {
    browser.send(&operation.method, &operation.path, &[("x-evenkeel-request", "1")], operation.body.clone()).await
}

/// A signed-in person of this role and no other.
async fn person(server: &Server, test: &TestDb, role: Role) -> Browser {
    let text = format!(
        "organisations: [{{name: o, display: {{zh: a, en: b}}, kind: provider}}]\npeople: [{{name: {role}, display: P, organisation: o, roles: [{role}]}}]"
    );
    let source = Source { name: "people.yaml".into(), text };
    definition::apply(&test.db, server.app.tenant, Actor::system("test"), &[source], false).await.unwrap();
    let id = PersonId::named(role.as_str());
    let mut tx = test.db.write().await.unwrap();
    assert!(party::find_person(&mut tx, server.app.tenant, id).await.unwrap().is_some());
    let kit = &server.app.kit;
    let token =
        crate::sign_in::make_link(&mut tx, kit.clock.as_ref(), kit.rng.as_ref(), Actor::system("test"), (server.app.tenant, id), 60)
            .await
            .unwrap();
    tx.commit().await.unwrap();
    let mut browser = server.browser();
    assert_eq!(browser.post("/api/v1/session/link", serde_json::json!({ "token": token })).await.status, 200);
    browser
}

#[test]
fn every_permission_guards_something_or_is_a_part_of_another_check() {
    // Asked inside an operation that asks for another one first, or by a command.
    let inside = [P::IncidentNoteInternal, P::ImportWrite];
    for permission in P::ALL {
        let used = TABLE.iter().any(|(_, asks)| *asks == For(*permission)) || inside.contains(permission);
        assert!(used, "{permission} guards nothing");
    }
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let document = serde_json::to_value(crate::http::document(&server.app)).unwrap();
        let table = table();
        for operation in operations(&document) {
            let asks = *table.get(operation.id.as_str()).unwrap_or_else(|| panic!("{} is missing in the table of denials", operation.id));
            let answer = ask(&mut server.browser(), &operation).await;
            if asks == Nothing {
                assert_ne!(answer.status, 500, "{}: {answer:?}", operation.id);
            } else {
                assert_eq!((answer.status, code(&answer)), (401, "unauthenticated"), "{}: {answer:?}", operation.id);
            }
            let forged = server
                .browser()
                .send(&operation.method, &operation.path, &[("authorization", "Bearer evk_forged")], operation.body.clone())
                .await;
            assert_eq!(forged.status, 401, "{} with a forged token", operation.id);
        }
    })
    .await;
}

#[tokio::test]
async fn a_role_gets_what_its_permissions_allow_and_no_more() {
    for_each_database(migrations(), |test| async move {
        let server = Server::new(&test);
        let document = serde_json::to_value(crate::http::document(&server.app)).unwrap();
        let table = table();
        for role in Role::ALL {
            let signed_in = person(&server, &test, *role).await;
            for operation in operations(&document) {
                // The stream's body never ends; who is told of what is tested where it is told.
                if operation.id == "change_stream" {
                    continue;
                }
                let Some(For(permission)) = table.get(operation.id.as_str()).copied() else { continue };
                let answer = ask(&mut signed_in.clone(), &operation).await;
                let what = format!("{role} asks for {}: {answer:?}", operation.id);
                if policy::permissions(*role).contains(&permission) {
                    assert!(answer.status != 401 && answer.status != 500, "{what}");
                    assert!(answer.status != 403 || code(&answer) == "forbidden" && role.is_scoped(), "{what}");
                } else {
                    assert!([403, 404].contains(&answer.status), "{what}");
                }
            }
        }
    })
    .await;
}
