//! The node's own certificate authority. It is told by its certificate (name constraints, RFC 5280 4.2.1.10) to speak for names and addresses of
//! a local network alone: whoever steals its key cannot read what phones that trust it say on the internet.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair,
    KeyUsagePurpose, NameConstraints, SanType,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use sha2::{Digest, Sha256};
use time::{Duration, OffsetDateTime};

use super::SecurePageError;
use super::names::{LOCAL_ENDINGS, Name};
use crate::config::DataFolder;

/// The authority's key and certificate in the data folder, PEM.
const KEY_FILE: &str = "page-authority.key";
const CERTIFICATE_FILE: &str = "page-authority.crt";

/// Years for which phones may trust the authority: as long as an old PC lives.
const AUTHORITY_YEARS: i64 = 15;
/// Days before and after now for which the page's certificate holds: clocks here are wrong by a year, and phones refuse more than 825 in all.
const PAGE_DAYS: i64 = 400;

/// Networks whose addresses nobody routes over the internet (RFC 1918, RFC 3927, RFC 4193, RFC 4291).
const LOCAL_NETWORKS: [(IpAddr, u8); 8] = [
    (IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 0)), 8),
    (IpAddr::V4(std::net::Ipv4Addr::new(172, 16, 0, 0)), 12),
    (IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 0, 0)), 16),
    (IpAddr::V4(std::net::Ipv4Addr::new(169, 254, 0, 0)), 16),
    (IpAddr::V4(std::net::Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V6(std::net::Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0)), 7),
    (IpAddr::V6(std::net::Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0)), 10),
    (IpAddr::V6(std::net::Ipv6Addr::LOCALHOST), 128),
];

pub(super) struct Authority {
    key: KeyPair,
    /// Of the same name and key as what phones have; only those are looked at.
    issuer: Certificate,
    pem: String,
}

impl Authority {
    /// The one of this folder; made there where there is none.
    pub(super) fn of(folder: &DataFolder, school: &str) -> Result<Self, SecurePageError> {
        if let Some((key, pem)) = folder.secret_text(KEY_FILE)?.zip(folder.secret_text(CERTIFICATE_FILE)?) {
            let key = KeyPair::from_pem(&key)?;
            let issuer = parameters(school)?.self_signed(&key)?;
            return Ok(Self { key, issuer, pem });
        }
        let key = KeyPair::generate()?;
        let issuer = parameters(school)?.self_signed(&key)?;
        let pem = issuer.pem();
        // The certificate last: with it the authority is whole.
        folder.keep_secret_text(KEY_FILE, &key.serialize_pem())?;
        folder.keep_secret_text(CERTIFICATE_FILE, &pem)?;
        Ok(Self { key, issuer, pem })
    }

    pub(super) fn pem(&self) -> &str {
        &self.pem
    }

    /// SHA-256 of the certificate in pairs of hex digits, as phones show it.
    pub(super) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(der_of(&self.pem).unwrap_or_default());
        digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
    }

    /// How the page is served under these names: a new key and certificate, kept in memory alone.
    pub(super) fn server_config(&self, names: &BTreeSet<Name>) -> Result<Arc<ServerConfig>, SecurePageError> {
        let key = KeyPair::generate()?;
        let mut page = CertificateParams::default();
        page.subject_alt_names = names.iter().map(alternative).collect::<Result<_, _>>()?;
        page.distinguished_name = DistinguishedName::new();
        page.distinguished_name.push(DnType::CommonName, "jeli");
        (page.not_before, page.not_after) = around_now(PAGE_DAYS, PAGE_DAYS);
        page.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        page.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        page.use_authority_key_identifier_extension = true;
        let signed = page.signed_by(&key, &self.issuer, &self.key)?;
        let chain = vec![signed.der().clone()];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        // WebSockets over HTTP/2 are another protocol, which not every browser speaks.
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn parameters(school: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name = DistinguishedName::new();
    authority.distinguished_name.push(DnType::CommonName, format!("jeli – {school}"));
    (authority.not_before, authority.not_after) = around_now(PAGE_DAYS, AUTHORITY_YEARS * 365);
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let names = LOCAL_ENDINGS.iter().map(|ending| GeneralSubtree::DnsName((*ending).to_owned()));
    let networks = LOCAL_NETWORKS.iter().map(|(address, bits)| GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, *bits)));
    authority.name_constraints = Some(NameConstraints { permitted_subtrees: names.chain(networks).collect(), excluded_subtrees: Vec::new() });
    Ok(authority)
}

fn alternative(name: &Name) -> Result<SanType, rcgen::Error> {
    Ok(match name {
        Name::Host(host) => SanType::DnsName(host.as_str().try_into()?),
        Name::Address(address) => SanType::IpAddress(*address),
    })
}

fn around_now(before_days: i64, after_days: i64) -> (OffsetDateTime, OffsetDateTime) {
    let now = OffsetDateTime::now_utc();
    let shifted = |days| now.checked_add(Duration::days(days)).unwrap_or(now);
    (shifted(-before_days), shifted(after_days))
}

/// The bytes of a certificate.
pub(super) fn der_of(pem: &str) -> Option<Vec<u8>> {
    use rustls::pki_types::pem::PemObject;
    CertificateDer::from_pem_slice(pem.as_bytes()).ok().map(|der| der.to_vec())
}
