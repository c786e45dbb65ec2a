//! Orders that the shop gives itself over its own HTTP port, so that `orders_total` moves, and stops moving when the shop
//! is broken: what a business indicator looks like.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{MissedTickBehavior, interval, timeout},
};

use super::catalogue::PRODUCTS;

/// How long one order may take.
const ORDER_LIMIT: Duration = Duration::from_secs(2);
/// Most orders a second.
const PER_SECOND_MAX: f64 = 1_000.0;

/// Orders `per_second` a second, one after the other, for ever. Errors are the shop's own business: they show as orders
/// that did not happen.
pub async fn run(shop: SocketAddr, per_second: f64) {
    if !per_second.is_finite() || per_second <= 0.0 {
        return std::future::pending().await;
    }
    let mut tick = interval(Duration::from_secs_f64(1.0 / per_second.min(PER_SECOND_MAX)));
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    for number in 0usize.. {
        tick.tick().await;
        let product = PRODUCTS[number % PRODUCTS.len()];
        let body = format!("{{\"items\":{{\"{}\":{}}}}}", product.sku, number % 3 + 1);
        let _ = timeout(ORDER_LIMIT, order(shop, &body)).await;
    }
}

/// One order over a connection of its own, as a customer's browser would.
async fn order(shop: SocketAddr, body: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(shop).await?;
    let request = format!(
        "POST /api/orders HTTP/1.1\r\nhost: {shop}\r\nuser-agent: evenkeel-practice\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(512);
    stream.take(8_192).read_to_end(&mut answer).await?;
    Ok(())
}
