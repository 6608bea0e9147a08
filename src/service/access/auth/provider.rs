//! The unified service platform as an OpenID provider: found, asked, and held to its signatures.

use crate::app::App;
use crate::config::OidcSettings;
use crate::kernel::ctx::now;
use crate::kernel::error::{AppError, Result};
use chrono::Duration;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use openidconnect::core::{
    CoreClient, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeVerifier, ProviderMetadataWithLogout,
    RedirectUrl, SignatureVerificationError, reqwest,
};
use std::sync::{Arc, PoisonError, RwLock};

/// Seconds by which the provider's clock may differ.
const SKEW: i64 = 30;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The provider as it was discovered; its keys are fetched again when it signs with one that is not known.
#[derive(Default)]
pub struct Provider(RwLock<Option<Arc<ProviderMetadataWithLogout>>>);

impl Provider {
    fn known(&self) -> Option<Arc<ProviderMetadataWithLogout>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, metadata: Arc<ProviderMetadataWithLogout>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(metadata);
    }
}

/// Who the provider says it is.
pub(super) struct Person {
    pub subject: String,
    pub name: Option<String>,
    pub strong: bool,
    pub id_token: String,
}

/// What is sent for the tokens.
pub(super) struct Exchange {
    pub code: String,
    pub verifier: String,
    pub nonce: String,
}

/// The one refusal; the reason goes to the log.
pub(super) fn failed(why: impl ToString) -> AppError {
    let mut error = AppError::new(
        Code::OidcFailed,
        text!("统一身份认证未通过，请重新登录。", "Single sign-on failed; please begin again."),
    );
    error.cause = Some(why.to_string());
    error
}

fn http() -> Result<reqwest::Client> {
    // Redirects are not followed: the provider names its endpoints itself.
    let builder = reqwest::ClientBuilder::new().redirect(reqwest::redirect::Policy::none());
    builder.timeout(std::time::Duration::from_secs(10)).build().map_err(AppError::internal)
}

pub(super) async fn metadata(app: &App, settings: &OidcSettings) -> Result<Arc<ProviderMetadataWithLogout>> {
    if let Some(known) = app.oidc.known() {
        return Ok(known);
    }
    let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(AppError::internal)?;
    let found = ProviderMetadataWithLogout::discover_async(issuer, &http()?).await.map_err(AppError::unavailable)?;
    let found = Arc::new(found);
    app.oidc.keep(Arc::clone(&found));
    Ok(found)
}

pub(super) fn client(settings: &OidcSettings, metadata: &ProviderMetadataWithLogout) -> Result<Client> {
    let id = ClientId::new(settings.client_id.clone());
    let secret = Some(ClientSecret::new(settings.client_secret.clone()));
    let redirect = RedirectUrl::new(settings.redirect_url.clone()).map_err(AppError::internal)?;
    Ok(CoreClient::from_provider_metadata(metadata.clone(), id, secret).set_redirect_uri(redirect))
}

/// Exchanges the code and verifies the ID token; who it says it is.
pub(super) async fn exchange(
    app: &App,
    settings: &OidcSettings,
    mut metadata: Arc<ProviderMetadataWithLogout>,
    sent: Exchange,
) -> Result<Person> {
    let http = http()?;
    let client = client(settings, &metadata)?;
    let request = client.exchange_code(AuthorizationCode::new(sent.code)).map_err(failed)?;
    let tokens = request.set_pkce_verifier(PkceCodeVerifier::new(sent.verifier)).request_async(&http).await;
    let tokens = tokens.map_err(failed)?;
    let id_token = tokens.extra_fields().id_token().ok_or_else(|| failed("no ID token"))?;
    let nonce = Nonce::new(sent.nonce);
    let mut verifier = verifier_of(settings, &metadata);

    if matches!(
        id_token.claims(&verifier, &nonce),
        Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
    ) {
        // The provider changed its keys.
        let keys = CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), &http).await.map_err(failed)?;
        metadata = Arc::new((*metadata).clone().set_jwks(keys));
        app.oidc.keep(Arc::clone(&metadata));
        verifier = verifier_of(settings, &metadata);
    }

    let claims = id_token.claims(&verifier, &nonce).map_err(failed)?;
    if claims.authorized_party().is_some_and(|party| party.as_str() != settings.client_id) {
        return Err(failed("azp"));
    }
    if let Some(stated) = claims.access_token_hash() {
        let algorithm = id_token.signing_alg().map_err(failed)?;
        let key = id_token.signing_key(&verifier).map_err(failed)?;
        let actual = AccessTokenHash::from_token(tokens.access_token(), algorithm, key).map_err(failed)?;
        if actual != *stated {
            return Err(failed("at_hash"));
        }
    }

    let mut name = claims.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
    if name.is_none() && client.user_info_url().is_some() {
        let subject = Some(claims.subject().clone());
        let request = client.user_info(tokens.access_token().clone(), subject).map_err(failed)?;
        let told: CoreUserInfoClaims = request.request_async(&http).await.map_err(failed)?;
        name = told.name().and_then(|name| name.get(None)).map(|name| name.as_str().to_owned());
    }

    let strong =
        claims.auth_method_refs().is_some_and(|all| all.iter().any(|how| ["mfa", "otp"].contains(&how.as_str())));
    Ok(Person { subject: claims.subject().to_string(), name, strong, id_token: id_token.to_string() })
}

/// No HMAC, no `none`; the times with the skew, the time of issue not in the future.
fn verifier_of(settings: &OidcSettings, metadata: &ProviderMetadataWithLogout) -> CoreIdTokenVerifier<'static> {
    use CoreJwsSigningAlgorithm as Algorithm;
    let id = ClientId::new(settings.client_id.clone());
    CoreIdTokenVerifier::new_public_client(id, metadata.issuer().clone(), metadata.jwks().clone())
        .set_allowed_algs([
            Algorithm::RsaSsaPkcs1V15Sha256,
            Algorithm::RsaSsaPssSha256,
            Algorithm::EcdsaP256Sha256,
            Algorithm::EdDsa,
        ])
        .set_time_fn(|| now() - Duration::seconds(SKEW))
        .set_issue_time_verifier_fn(|issued| {
            if issued <= now() + Duration::seconds(SKEW) { Ok(()) } else { Err("iat is in the future".to_owned()) }
        })
}
