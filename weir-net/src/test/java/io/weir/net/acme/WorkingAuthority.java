package io.weir.net.acme;

import io.weir.core.tls.AcmeSpec;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** An authority that believes everybody and issues at once, by a clock of its own. */
final class WorkingAuthority implements Wire {
    private static final String AT = "https://authority.example/";
    /** How a public key on the curve P-256 begins in DER (RFC 5480 section 2), and how long it is. */
    private static final byte[] P256 = HexFormat.of().parseHex("3059301306072a8648ce3d0201");
    private static final int P256_BYTES = 91;

    private final KeyPair keys = Keys.make(AcmeSpec.KeyKind.ECDSA_P256);
    private final String name;
    private final Instant from;
    private final Duration life;
    private String issued = "";
    int orders;

    WorkingAuthority(String name, Instant from, Duration life) {
        this.name = name;
        this.from = from;
        this.life = life;
    }

    @Override
    public Reply ask(URI url) {
        return reply("{\"newNonce\": \"" + AT + "nonce\", \"newAccount\": \"" + AT + "account\", \"newOrder\": \"" + AT
                + "order\"}", "dir");
    }

    @Override
    public Reply head(URI url) {
        return reply("", "");
    }

    @Override
    public Reply post(URI url, String body) throws IOException {
        return switch (url.getPath()) {
            case "/account" -> reply("{}", "account/7");
            case "/order" -> {
                orders++;
                issued = "";
                yield reply(order(), "order/1");
            }
            case "/finalize" -> {
                issue(body);
                yield reply(order(), "order/1");
            }
            case "/certificate" -> reply(issued, "certificate");
            default -> reply(order(), "order/1");
        };
    }

    private String order() {
        return "{\"status\": \"" + (issued.isEmpty() ? "ready" : "valid")
                + "\", \"authorizations\": [], \"finalize\": \""
                + AT + "finalize\", \"certificate\": \"" + AT + "certificate\"}";
    }

    private static Reply reply(String text, String location) {
        return new Reply(200, Map.of("replay-nonce", "n", "location", AT + location), text);
    }

    /** Signs the key that stands in the request. */
    private void issue(String body) throws IOException {
        try {
            Members said = Members.of("what was said", new String(Base64.getUrlDecoder()
                    .decode(Members.of("the request", body).text("payload")), StandardCharsets.UTF_8));
            byte[] request = Base64.getUrlDecoder().decode(said.text("csr"));
            int at = 0;
            while (!Arrays.equals(P256, Arrays.copyOfRange(request, at, at + P256.length))) {
                at++;
            }
            byte[] who = Der.sequence(Der.set(Der.sequence(Der.object("2.5.4.3"), Der.text("Authority"))));
            byte[] content = Der.sequence(Der.tagged(0, Der.integer(2)),
                    Der.integer(BigInteger.valueOf(orders)), Keys.algorithm(keys.getPrivate()), who,
                    Der.sequence(Der.time(from), Der.time(from.plus(life))), who,
                    Arrays.copyOfRange(request, at, at + P256_BYTES),
                    Der.tagged(3, Der.sequence(CertificateRequest.alternativeNames(List.of(name)))));
            issued = "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder()
                    .encodeToString(Keys.signed(content, keys.getPrivate())) + "\n-----END CERTIFICATE-----\n";
        } catch (AcmeFailure e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        // nothing is held
    }
}
