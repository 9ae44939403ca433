package io.weir.net.acme;

import io.weir.net.acme.Wire.Reply;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Speaks with one authority in the name of one account (RFC 8555 sections 6 and 7.1 to 7.3). Used by one thread. */
final class AcmeSession {
    private static final String ERRORS = "urn:ietf:params:acme:error:";
    /** How often a request is signed anew because its nonce was refused (section 6.5). */
    private static final int NONCES_MAX = 10;
    private static final int TEXT_MAX = 300;

    private final Wire wire;
    private final AccountKey key;
    private final Pace pace;
    private final Members directory;
    private @Nullable String account;
    private @Nullable String nonce;

    private AcmeSession(Wire wire, AccountKey key, Pace pace, Members directory) {
        this.wire = wire;
        this.key = key;
        this.pace = pace;
        this.directory = directory;
    }

    /** Reads the authority's directory. */
    static AcmeSession open(Wire wire, AccountKey key, Pace pace, String directory)
            throws AcmeFailure, IOException, InterruptedException {
        Reply reply = wire.ask(Members.url("directory", directory));
        if (reply.status() != 200) {
            throw failure("the directory", reply, pace.now());
        }
        return new AcmeSession(wire, key, pace, Members.of("the directory", reply.text()));
    }

    AccountKey key() {
        return key;
    }

    Members directory() {
        return directory;
    }

    /**
     * Makes the account, or finds it where the key has one already.
     *
     * @param email
     *            empty: none
     * @param bindingId
     *            the name of an account elsewhere; null: there is none
     * @param bindingKey
     *            its key
     */
    void account(String email, boolean termsAgreed, @Nullable String bindingId, byte @Nullable [] bindingKey)
            throws AcmeFailure, IOException, InterruptedException {
        Members meta = directory.inside("meta");
        if (meta.has("termsOfService") && !termsAgreed) {
            throw new AcmeFailure("the authority has terms, and nothing says that they are agreed to: "
                    + meta.text("termsOfService", ""));
        }
        if (meta.truth("externalAccountRequired") && bindingKey == null) {
            throw new AcmeFailure("the authority wants an account elsewhere, and none is configured (eab)");
        }
        URI url = directory.url("newAccount");
        var request = new LinkedHashMap<String, Object>();
        request.put("termsOfServiceAgreed", termsAgreed);
        if (!email.isEmpty()) {
            request.put("contact", List.of("mailto:" + email));
        }
        if (bindingKey != null && bindingId != null) {
            request.put("externalAccountBinding",
                    Members.of("the binding", key.bound(bindingId, bindingKey, url.toString())).all());
        }
        Reply reply = post(url, AccountKey.json(request));
        String location = reply.header("location");
        if (location == null) {
            throw new AcmeFailure("the authority made an account and did not say where");
        }
        account = Members.url("the account's place", location).toString();
    }

    /** Asks for something of the account's: {@code POST-as-GET} (section 6.3). */
    Reply ask(URI url) throws AcmeFailure, IOException, InterruptedException {
        return post(url, "");
    }

    /**
     * Sends a request.
     *
     * @throws AcmeFailure
     *             when the answer is no success
     */
    Reply post(URI url, String payload) throws AcmeFailure, IOException, InterruptedException {
        for (int tries = 1;; tries++) {
            Reply reply = wire.post(url, key.signed(header(url), payload));
            nonce = reply.header("replay-nonce");
            if (reply.status() / 100 == 2) {
                return reply;
            }
            AcmeFailure failure = failure(url.getPath(), reply, pace.now());
            if (tries == NONCES_MAX || !failure.type().equals("badNonce")) {
                throw failure;
            }
        }
    }

    private Map<String, Object> header(URI url) throws AcmeFailure, IOException, InterruptedException {
        var header = new LinkedHashMap<String, Object>();
        String known = account;
        if (known == null) {
            header.put("jwk", key.jwk());
        } else {
            header.put("kid", known);
        }
        String fresh = nonce;
        nonce = null;
        if (fresh == null) {
            fresh = wire.head(directory.url("newNonce")).header("replay-nonce");
        }
        if (fresh == null) {
            throw new AcmeFailure("the authority gives no nonce");
        }
        header.put("nonce", fresh);
        header.put("url", url.toString());
        return header;
    }

    /** What an answer that is no success says (RFC 7807, section 6.7). */
    private static AcmeFailure failure(String what, Reply reply, Instant now) {
        String type = "";
        String detail = reply.text().strip();
        try {
            Members problem = Members.of("a problem", reply.text());
            type = type(problem);
            detail = problem.text("detail", "");
        } catch (AcmeFailure noProblemDocument) {
            detail = detail.length() > TEXT_MAX ? detail.substring(0, TEXT_MAX) : detail;
        }
        return new AcmeFailure(type, what + " was answered " + reply.status() + (type.isEmpty() ? "" : " " + type)
                + (detail.isEmpty() ? "" : ": " + detail), retryAfterSeconds(reply, now));
    }

    /** The authority's word for what is wrong. */
    static String type(Members problem) {
        String type = problem.text("type", "");
        return type.startsWith(ERRORS) ? type.substring(ERRORS.length()) : type;
    }

    /** How long the authority wants to be left alone (RFC 9110 section 10.2.3); 0: it does not say. */
    static long retryAfterSeconds(Reply reply, Instant now) {
        String text = reply.header("retry-after");
        if (text == null) {
            return 0;
        }
        if (text.matches("\\d{1,9}")) {
            return Long.parseLong(text);
        }
        try {
            Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return Math.max(0, Duration.between(now, then).toSeconds());
        } catch (DateTimeException e) {
            return 0;
        }
    }
}
