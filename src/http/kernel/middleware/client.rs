//! Where a request comes from: the peer, or whom a trusted proxy names.

use actix_web::http::header::HeaderMap;
use std::net::{IpAddr, Ipv6Addr};

/// The peer's address; behind a proxy that is trusted, the last address of `X-Forwarded-For` that is no such proxy: what
/// stands before it is the client's own word.
pub fn address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = peer?.to_canonical();
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let named: Vec<_> = headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    let named = named.join(",");
    let mut hops = named.rsplit(',').map(|hop| hop.trim().parse::<IpAddr>().map(|address| address.to_canonical()));
    hops.find(|hop| !hop.as_ref().is_ok_and(|address| trusted.contains(address))).and_then(Result::ok).or(Some(peer))
}

/// What one client has to itself: an IPv4 address, or the /64 of an IPv6 one.
pub fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn seen(peer: &str, forwarded: &[&'static str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static(value));
        }
        let trusted = ["10.0.0.1", "10.0.0.2"].map(|proxy| proxy.parse().unwrap_or(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        address(peer.parse().ok(), &headers, &trusted).map(|address| address.to_string())
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("203.0.113.5", &["198.51.100.7"]).as_deref(), Some("203.0.113.5"));
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 198.51.100.7, 10.0.0.2"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "198.51.100.7"]).as_deref(), Some("198.51.100.7"));
        assert_eq!(seen("10.0.0.1", &[]).as_deref(), Some("10.0.0.1"));
        assert_eq!(seen("10.0.0.1", &["unknown"]).as_deref(), Some("10.0.0.1"));
        assert_eq!(seen("::ffff:203.0.113.5", &[]).as_deref(), Some("203.0.113.5"));
    }

    #[test]
    fn a_client_has_a_whole_network_of_ipv6() {
        let one = bucket("2001:db8:1:2:3:4:5:6".parse().unwrap_or(IpAddr::V6(Ipv6Addr::LOCALHOST)));
        assert_eq!(one.to_string(), "2001:db8:1:2::");
    }
}
