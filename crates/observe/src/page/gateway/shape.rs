//! The shapes we know. Sources: the providers' own pages on group robots (`DingTalk`, `WeCom`, Feishu), incoming webhooks (Slack),
//! adaptive cards by workflows (Teams), the Messages and Calls resources (Twilio), `SendSms` of 2021-01-11 (Tencent Cloud).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Accept, ReceiptRule, RequestTemplate, Shape};

fn json_body(body: Value) -> RequestTemplate {
    RequestTemplate { method: "POST".to_owned(), headers: BTreeMap::new(), json: Some(body), form: BTreeMap::new() }
}

fn form(fields: &[(&str, &str)]) -> RequestTemplate {
    let form = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let headers = BTreeMap::from([("Authorization".to_owned(), "Basic {{basic}}".to_owned())]);
    RequestTemplate { method: "POST".to_owned(), headers, json: None, form }
}

impl Shape {
    /// What is asked.
    pub(super) fn request(self) -> RequestTemplate {
        match self {
            Self::Dingtalk => json_body(json!({ "msgtype": "markdown", "markdown": { "title": "{{subject}}", "text": "{{markdown}}" } })),
            Self::Wecom => json_body(json!({ "msgtype": "markdown", "markdown": { "content": "{{markdown}}" } })),
            Self::Feishu => json_body(json!({
                "msg_type": "interactive",
                "card": {
                    "config": { "wide_screen_mode": true },
                    "header": { "title": { "tag": "plain_text", "content": "{{subject}}" }, "template": "{{colour}}" },
                    "elements": [{ "tag": "markdown", "content": "{{markdown}}" }],
                },
            })),
            Self::Slack => json_body(json!({
                "text": "{{subject}}",
                "blocks": [{ "type": "section", "text": { "type": "mrkdwn", "text": "{{mrkdwn}}" } }],
            })),
            Self::Teams => json_body(json!({
                "type": "message",
                "attachments": [{
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "content": {
                        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                        "type": "AdaptiveCard",
                        "version": "1.4",
                        "body": [
                            { "type": "TextBlock", "size": "Medium", "weight": "Bolder", "wrap": true, "text": "{{subject}}" },
                            { "type": "TextBlock", "wrap": true, "text": "{{markdown}}" },
                        ],
                        "actions": [{ "type": "Action.OpenUrl", "title": "{{link_label}}", "url": "{{link}}" }],
                    },
                }],
            })),
            Self::TwilioSms => {
                form(&[("To", "{{to}}"), ("From", "{{from}}"), ("Body", "{{short}}"), ("StatusCallback", "{{receipt_url}}")])
            }
            Self::TwilioVoice => form(&[
                ("To", "{{to}}"),
                ("From", "{{from}}"),
                ("Twiml", "<Response><Say language=\"{{language}}\" loop=\"3\">{{spoken}}</Say></Response>"),
                ("StatusCallback", "{{receipt_url}}"),
            ]),
            Self::TencentSms => json_body(json!({
                "PhoneNumberSet": ["{{to}}"],
                "SmsSdkAppId": "{{app_id}}",
                "SignName": "{{sign_name}}",
                "TemplateId": "{{template_id}}",
                "TemplateParamSet": ["{{number}}", "{{title}}", "{{link}}"],
                "SessionContext": "{{key}}",
            })),
            Self::Http => json_body(Value::Null),
        }
    }

    /// Where it is asked when nobody says otherwise.
    pub(super) const fn url(self) -> &'static str {
        match self {
            Self::TwilioSms => "https://api.twilio.com/2010-04-01/Accounts/{{account}}/Messages.json",
            Self::TwilioVoice => "https://api.twilio.com/2010-04-01/Accounts/{{account}}/Calls.json",
            Self::TencentSms => "https://sms.tencentcloudapi.com/",
            _ => "{{to}}",
        }
    }

    /// How it is known that the message was taken.
    pub(super) fn accept(self) -> Accept {
        let at = |pointer: &str, equals: Option<Value>| Accept { pointer: Some(pointer.to_owned()), equals };
        match self {
            Self::Dingtalk | Self::Wecom => at("/errcode", Some(json!(0))),
            Self::Feishu => at("/code", Some(json!(0))),
            Self::TwilioSms | Self::TwilioVoice => at("/sid", None),
            Self::TencentSms => at("/Response/SendStatusSet/0/Code", Some(json!("Ok"))),
            Self::Slack | Self::Teams | Self::Http => Accept::default(),
        }
    }

    /// How receipts read, where the provider gives some for one message.
    pub(super) fn receipt(self) -> Option<ReceiptRule> {
        let rule = |field: &str, delivered: &[&str], failed: &[&str]| {
            let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
            Some(ReceiptRule { field: field.to_owned(), delivered: words(delivered), failed: words(failed) })
        };
        match self {
            Self::TwilioSms => rule("MessageStatus", &["delivered", "read"], &["failed", "undelivered"]),
            Self::TwilioVoice => rule("CallStatus", &["completed"], &["busy", "failed", "no-answer", "canceled"]),
            _ => None,
        }
    }

    /// The settings it must have.
    pub(super) const fn settings(self) -> &'static [&'static str] {
        match self {
            Self::TwilioSms | Self::TwilioVoice => &["account", "from"],
            Self::TencentSms => &["secret_id", "app_id", "sign_name", "template_id", "region"],
            _ => &[],
        }
    }

    pub(super) const fn needs_secret(self) -> bool {
        matches!(self, Self::TwilioSms | Self::TwilioVoice | Self::TencentSms)
    }
}
