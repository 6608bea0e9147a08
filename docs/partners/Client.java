// Reference client in Java 17 (no libraries; `java Client.java`): a token, a list, a signed write.
// MINGJIAN_URL, CLIENT_ID, KEY_ID and KEY_FILE (PKCS #8 PEM of an Ed25519 key) come from the environment.
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.*;

class Client {
    static final String URL = System.getenv("MINGJIAN_URL"), ID = System.getenv("CLIENT_ID"), KEY_ID = System.getenv("KEY_ID");
    static final HttpClient HTTP = HttpClient.newHttpClient();
    static final Base64.Encoder PLAIN = Base64.getEncoder(), URLSAFE = Base64.getUrlEncoder().withoutPadding();

    static byte[] sign(String text) throws Exception {
        var pem = Files.readString(Path.of(System.getenv("KEY_FILE"))).replaceAll("-----[A-Z ]+-----|\\s", "");
        var key = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        var signature = Signature.getInstance("Ed25519");
        signature.initSign(key);
        signature.update(text.getBytes(StandardCharsets.UTF_8));
        return signature.sign();
    }

    static String send(HttpRequest.Builder request) throws Exception {
        var answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) throw new IllegalStateException(answer.body());
        return answer.body();
    }

    /** private_key_jwt (RFC 7523): an assertion of at most 300 s with a fresh jti. */
    static String token() throws Exception {
        var claims = "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"mingjian\",\"exp\":%d,\"jti\":\"%s\"}".formatted(ID, ID, Instant.now().getEpochSecond() + 60, UUID.randomUUID());
        var text = URLSAFE.encodeToString("{\"alg\":\"EdDSA\",\"kid\":\"%s\"}".formatted(KEY_ID).getBytes()) + "." + URLSAFE.encodeToString(claims.getBytes());
        var form = "grant_type=client_credentials&client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer&client_assertion=%s.%s".formatted(text, URLSAFE.encodeToString(sign(text)));
        var request = HttpRequest.newBuilder(URI.create(URL + "/api/v1/oauth/token")).header("Content-Type", "application/x-www-form-urlencoded");
        return send(request.POST(HttpRequest.BodyPublishers.ofString(form))).replaceAll(".*\"access_token\":\"([^\"]+)\".*", "$1");
    }

    /** Writes are signed (RFC 9421) and carry an Idempotency-Key; send the same key again after a lost answer. */
    static String post(String target, String bearer, String body, String type) throws Exception {
        var uri = URI.create(URL + target);
        var digest = "sha-256=:" + PLAIN.encodeToString(MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8))) + ":";
        var params = "(\"@method\" \"@path\" \"@query\" \"content-digest\");created=%d;nonce=\"%s\";keyid=\"%s\";alg=\"ed25519\"".formatted(Instant.now().getEpochSecond(), UUID.randomUUID(), KEY_ID);
        var base = "\"@method\": POST\n\"@path\": %s\n\"@query\": ?%s\n\"content-digest\": %s\n\"@signature-params\": %s".formatted(uri.getRawPath(), Objects.requireNonNullElse(uri.getRawQuery(), ""), digest, params);
        var request = HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + bearer).header("Content-Type", type)
            .header("Content-Digest", digest).header("Idempotency-Key", UUID.randomUUID().toString())
            .header("Signature-Input", "sig=" + params).header("Signature", "sig=:" + PLAIN.encodeToString(sign(base)) + ":");
        return send(request.POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    public static void main(String[] args) throws Exception {
        var bearer = token();
        var list = send(HttpRequest.newBuilder(URI.create(URL + "/api/v1/objects?limit=1")).header("Authorization", "Bearer " + bearer));
        System.out.println("objects: " + list.replaceAll(".*\"total\":(\\d+).*", "$1"));
        var rows = "部门编码,系统名称,事项编码,事项名称\n51082103,参考客户端,JAVA-1,参考事项\n";
        System.out.println("job: " + post("/api/v1/imports?dataset=own-system-items&filename=items.csv", bearer, rows, "text/csv").replaceAll(".*?\"id\":\"([^\"]+)\".*", "$1"));
    }
}
