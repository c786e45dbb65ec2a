use std::{
    net::SocketAddr,
    str::FromStr,
    sync::{Arc, Mutex},
    time::Duration,
};

use hickory_resolver::proto::{
    op::{Message, MessageType, OpCode, ResponseCode},
    rr::{Name, RData, Record, rdata::SRV},
};
use tokio::net::UdpSocket;

use super::house::{House, Shown, http, jobs, response};
use crate::{probe::kind::net::Net, scrape::discover::Place};

#[tokio::test]
async fn a_list_in_a_file_is_followed_and_a_broken_one_leaves_what_was() {
    let shown = Shown::default();
    shown.set("a 1\n");
    let address = shown.serve().await;
    let house = House::idle(
        "global: {scrape_interval: 200ms}\nscrape_configs:\n- job_name: j\n  file_sd_configs: [{files: ['targets/*.json', more.yml]}]\n",
    );
    std::fs::create_dir(house.path("targets")).unwrap();
    house.write("targets/a.json", &format!(r#"[{{"targets": ["{address}"], "labels": {{"instance": "one"}}}}]"#));
    house.scraper.load().unwrap();
    let house = house.running();
    house.until("the first", |house| house.values("a").contains_key("instance=one,job=j")).await;
    house.write("more.yml", &format!("- targets: ['{address}']\n  labels: {{instance: two}}\n"));
    house.until("the second", |house| house.values("a").contains_key("instance=two,job=j")).await;
    house.write("more.yml", "- targets: [broken\n");
    house.write("targets/a.json", "[]");
    house.until("the end of the first", |house| house.values("up")["instance=one,job=j"].last().unwrap() == "x").await;
    assert_eq!(house.values("a")["instance=one,job=j"].last().unwrap(), "x");
    assert_eq!(house.health().len(), 1, "the second is asked by what its file said before");
    std::fs::remove_file(house.path("more.yml")).unwrap();
    house.until("the end of the second", |house| house.values("a")["instance=two,job=j"].last().unwrap() == "x").await;
}

#[tokio::test]
async fn a_list_over_http_names_targets() {
    let shown = Shown::default();
    shown.set("a 1\n");
    let address = shown.serve().await;
    let list = http(move |head| {
        assert!(head.contains("authorization: Bearer t"), "{head}");
        response(
            "200 OK",
            "Content-Type: application/json\r\n",
            format!(r#"[{{"targets": ["{address}"], "labels": {{"zone": "z"}}}}]"#).as_bytes(),
        )
    })
    .await;
    let house = House::new(&format!(
        "global: {{scrape_interval: 200ms}}\nscrape_configs:\n- job_name: j\n  http_sd_configs: [{{url: 'http://{list}/list?x=y', authorization: {{credentials: t}}}}]\n  relabel_configs: [{{source_labels: [__meta_url], target_label: from}}]\n"
    ));
    house
        .until("the target", |house| house.values("a").contains_key(&format!("from=http://{list}/list,instance={address},job=j,zone=z")))
        .await;
}

#[tokio::test]
async fn a_list_that_is_none_is_told_and_forgotten() {
    let list = http(|_| response("200 OK", "Content-Type: text/html\r\n", b"<html>")).await;
    let job = jobs(&format!("scrape_configs:\n- job_name: j\n  http_sd_configs: [{{url: 'http://{list}/'}}]\n")).remove(0);
    let mut place = Place::new(&job.discovery[0], &Arc::new(Net::new(crate::probe::address::AddressPolicy::default())));
    let faults = place.ask().await;
    assert!(faults[0].contains("application/json"), "{faults:?}");
}

/// A name server that knows services by what is in the list.
async fn name_server(services: Arc<Mutex<Vec<(String, u16)>>>) -> SocketAddr {
    let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = udp.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0_u8; 1500];
        while let Ok((length, peer)) = udp.recv_from(&mut buffer).await {
            let query = Message::from_vec(&buffer[..length]).unwrap();
            let mut answer = Message::new(query.metadata.id, MessageType::Response, OpCode::Query);
            answer.queries.clone_from(&query.queries);
            let name = query.queries[0].name().clone();
            if name.to_string() == "_node._tcp.example." {
                for (host, port) in services.lock().unwrap().iter() {
                    let data = RData::SRV(SRV::new(0, 0, *port, Name::from_str(host).unwrap()));
                    answer.add_answer(Record::from_rdata(name.clone(), 1, data));
                }
            } else {
                answer.metadata.response_code = ResponseCode::ServFail;
            }
            udp.send_to(&answer.to_vec().unwrap(), peer).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn services_of_the_dns_are_targets_and_an_answer_without_any_takes_them_away() {
    let services = Arc::new(Mutex::new(vec![("a.example.".to_owned(), 9100), ("b.example.".to_owned(), 9101)]));
    let net = Arc::new(Net::asking(name_server(Arc::clone(&services)).await));
    let job = jobs(
        "scrape_configs:\n- job_name: j\n  dns_sd_configs: [{names: [_node._tcp.example]}, {names: [broken.example], type: A, port: 1}]\n",
    )
    .remove(0);
    let mut place = Place::new(&job.discovery[0], &net);
    assert_eq!(place.every(), Some(Duration::from_secs(30)));
    assert_eq!(place.ask().await, Vec::<String>::new());
    let mut found: Vec<String> = place.groups[0].targets.iter().map(|target| target.get("__address__").to_owned()).collect();
    found.sort();
    assert_eq!(found, ["a.example:9100", "b.example:9101"]);
    let target = &place.groups[0].targets[0];
    assert_eq!(target.get("__meta_dns_name"), "_node._tcp.example");
    assert!(target.get("__meta_dns_srv_record_target").ends_with(".example."));
    assert!(target.get("__meta_dns_srv_record_port").starts_with("910"));
    services.lock().unwrap().clear();
    assert_eq!(place.ask().await, Vec::<String>::new());
    assert!(place.groups[0].targets.is_empty());
    let mut broken = Place::new(&job.discovery[1], &net);
    let faults = broken.ask().await;
    assert!(faults[0].contains("broken.example (A)"), "{faults:?}");
}
