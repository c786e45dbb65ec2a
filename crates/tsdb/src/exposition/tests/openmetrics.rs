use super::lines;
use crate::{
    batch::Batch,
    exposition::{Options, parse},
};

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0";

fn read(strict: bool, page: &str) -> Result<Batch, String> {
    let mut batch = Batch::new();
    let options = Options { strict, ..Options::default() };
    parse(OPEN_METRICS, page.as_bytes(), 1000, &options, &mut batch).map_err(|error| error.to_string())?;
    Ok(batch)
}

#[test]
fn samples_have_instants_in_seconds_kept_to_the_millisecond() {
    let batch = read(true, "a 1 1.001\nb 2 1795334400.123\nc 3 -0.5\nd 4 1.5e3\ne 5\n# EOF\n").unwrap();
    assert_eq!(lines(&batch), ["a{} 1.0 1001*", "b{} 2.0 1795334400123*", "c{} 3.0 -500*", "d{} 4.0 1500000*", "e{} 5.0 1000"]);
}

#[test]
fn exemplars_belong_to_their_sample() {
    let batch =
        read(true, "# TYPE a counter\na_total{x=\"y\"} 1 # {trace_id=\"t # 1\"} 0.5 12.5\na_total{x=\"z\"} 2 3 # {} 7\n# EOF").unwrap();
    let exemplars: Vec<_> = batch.exemplars().map(|one| (one.sample, one.labels().collect::<Vec<_>>(), one.value, one.at_ms)).collect();
    assert_eq!(exemplars, [(0, vec![("trace_id", "t # 1")], 0.5, Some(12_500)), (1, vec![], 7.0, None)]);
}

#[test]
fn what_prometheus_accepts_is_accepted_unless_the_letter_is_asked_for() {
    let accepted = [
        "a{b=\"c\",} 1\n# EOF\n",
        "# TYPE a counter\na 1\n# EOF\n",
        "# TYPE a counter\na_total -1\n# EOF\n",
        "# TYPE a gauge\n# TYPE a gauge\n# EOF\n",
        "# TYPE h histogram\nh_bucket{le=\"1\"} 1\n# EOF\n",
        "a 1 5\na 1 4\n# EOF\n",
        "b 1\na 1\nb 2\n# EOF\n",
        "a 1 # {b=\"c\"} 1\n# EOF\n",
    ];
    for page in accepted {
        assert!(read(false, page).is_ok(), "{page:?}: {:?}", read(false, page).map(|batch| lines(&batch)));
    }
    for page in &accepted[..] {
        let strict = read(true, page);
        // A counter's sample without its suffix begins a family of its own, which clashes.
        assert!(strict.is_err(), "{page:?}");
    }
}

#[test]
fn what_prometheus_refuses_is_refused_either_way() {
    let wrong = [
        "a 1\n",
        "",
        "a 1\n\n# EOF\n",
        "a  1\n# EOF\n",
        "a 1 \n# EOF\n",
        " a 1\n# EOF\n",
        "a 1\n# EOF\nb 1\n",
        "a 1\n# EOF ",
        "#EOF",
        "# a comment\n# EOF\n",
        "# HELP a\n# EOF\n",
        "# TYPE a untyped\n# EOF\n",
        "# UNIT a seconds\n# EOF\n",
        "# UNIT aseconds seconds\n# EOF\n",
        "a 1 NaN\n# EOF\n",
        "a{b=\"c\" ,d=\"e\"} 1\n# EOF\n",
        "a{b=\"c\nd\"} 1\n# EOF\n",
        "a 0x1\n# EOF\n",
        "a 1 # {b} 1\n# EOF\n",
        "a 1# {} 1\n# EOF\n",
        "a 1 # {}1\n# EOF\n",
        "a 1 # {} 1 Inf\n# EOF\n",
        "a 1",
    ];
    for page in wrong {
        assert!(read(false, page).is_err(), "{page:?}");
    }
}

#[test]
fn an_error_names_the_line_whatever_the_piece() {
    use crate::exposition::openmetrics::Reader;
    let mut reader = Reader::new(0, Options::default());
    let mut batch = Batch::new();
    reader.feed("a 1\nb 1\n", &mut batch).unwrap();
    assert_eq!(reader.feed("c 1\nd one\n", &mut batch).unwrap_err().line, Some(4));
    assert!(reader.finish().unwrap_err().what.contains("# EOF"));
}
