//! What an incident that an alert opened is called, in both languages.

use evenkeel_core::{Language, definition::Bilingual, title};

use crate::ticket::words::TITLE_CHARS_MAX;

/// What a look saw, in a few words; a code that is newer than these words says itself.
fn saw(code: &str) -> (&str, &str) {
    match code {
        "timeout" => ("超时", "no answer in time"),
        "connection_refused" => ("连接被拒绝", "connection refused"),
        "connection_closed" => ("连接被中断", "connection closed"),
        "unreachable" => ("网络不可达", "no way there"),
        "dns" => ("域名解析失败", "the name does not resolve"),
        "tls" => ("TLS 握手失败", "TLS handshake failed"),
        "certificate" => ("证书无效", "certificate not valid"),
        "certificate_expiring" => ("证书将到期", "certificate ends soon"),
        "protocol" => ("协议错误", "protocol error"),
        "status" => ("状态码不符", "unexpected status"),
        "redirects" => ("重定向过多", "too many redirects"),
        "body" => ("内容不符", "unexpected content"),
        "heartbeat_missed" => ("未按时报到", "did not report in time"),
        "heartbeat_failed" => ("报到称失败", "reported a failure"),
        "heartbeat_overran" => ("开始后未按时结束", "began and did not end in time"),
        other => (other, other),
    }
}

/// The one text (see [`evenkeel_core::title`]) of an alert's title: the service, its trouble, and which probe saw what.
pub(super) fn of_alert(service: Option<&Bilingual>, cause: &str, probe: &str, code: &str) -> String {
    let (saw_zh, saw_en) = saw(code);
    // The probe's own words are the whole story when it is not that the service is out.
    let (zh, en) = match (service, cause) {
        (Some(service), evenkeel_core::event::observe::CAUSE_UNAVAILABLE) => {
            (format!("{}不可用：", service.zh), format!("{} is unavailable: ", service.en))
        }
        (Some(service), _) => (format!("{}：", service.zh), format!("{}: ", service.en)),
        (None, _) => (String::new(), String::new()),
    };
    let cut = |text: String| text.chars().take(TITLE_CHARS_MAX).collect();
    title::both(&Bilingual { zh: cut(format!("{zh}{saw_zh}（{probe}）")), en: cut(format!("{en}{saw_en} ({probe})")) })
}

/// The one text of a title of a rule's alert: the service, and the rule's own words in both languages (or its name).
pub(super) fn of_rule(service: Option<&Bilingual>, alert: &str, words: Option<&str>) -> String {
    let cut = |text: String| text.chars().take(TITLE_CHARS_MAX).collect();
    let said = |language| words.map_or(alert, |words| title::in_language(words, language));
    let zh = service.map_or_else(String::new, |service| format!("{}：", service.zh));
    let en = service.map_or_else(String::new, |service| format!("{}: ", service.en));
    title::both(&Bilingual { zh: cut(format!("{zh}{}", said(Language::Zh))), en: cut(format!("{en}{}", said(Language::En))) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> Bilingual {
        Bilingual { zh: "演练商店".to_owned(), en: "Practice shop".to_owned() }
    }

    #[test]
    fn each_reader_reads_what_is_wrong_in_their_language() {
        let text = of_alert(Some(&shop()), "unavailable", "shop-web", "connection_refused");
        assert_eq!(title::in_language(&text, Language::Zh), "演练商店不可用：连接被拒绝（shop-web）");
        assert_eq!(title::in_language(&text, Language::En), "Practice shop is unavailable: connection refused (shop-web)");
    }

    #[test]
    fn a_certificate_that_ends_soon_is_no_outage() {
        let text = of_alert(Some(&shop()), "certificate", "shop-cert", "certificate_expiring");
        assert_eq!(title::in_language(&text, Language::Zh), "演练商店：证书将到期（shop-cert）");
        assert_eq!(title::in_language(&text, Language::En), "Practice shop: certificate ends soon (shop-cert)");
    }

    #[test]
    fn a_rules_words_are_read_in_both_languages() {
        let words = title::both(&Bilingual { zh: "错误过多".to_owned(), en: "Too many errors".to_owned() });
        let text = of_rule(Some(&shop()), "Errors", Some(&words));
        assert_eq!(title::in_language(&text, Language::Zh), "演练商店：错误过多");
        assert_eq!(title::in_language(&text, Language::En), "Practice shop: Too many errors");
        assert_eq!(title::in_language(&of_rule(None, "Errors{a=b}", None), Language::En), "Errors{a=b}");
    }

    #[test]
    fn a_service_that_is_not_declared_and_a_code_that_is_new_have_a_title_too() {
        let text = of_alert(None, "unavailable", "p", "gone_fishing");
        assert_eq!(title::in_language(&text, Language::En), "gone_fishing (p)");
    }
}
